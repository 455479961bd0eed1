"""Opens a text file in the encoding in which it was written, without reading it whole."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

BLOCK = 1 << 16
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "cp1252"
"""Spreadsheets of Western Europe write it. It knows almost every byte, so it is tried last."""

UNREADABLE = "\ufffd"
"""Stands for a byte that is no text in the file's encoding."""


@contextmanager
def opened_text(file: Path) -> Iterator[TextIO]:
    """Open a file with its own line ends. A byte that is no text becomes `UNREADABLE`."""
    with file.open(encoding=encoding_of(file), errors="replace", newline="") as stream:
        yield stream


def encoding_of(file: Path) -> str:
    """Return UTF-8 or UTF-16 by the mark at the beginning, UTF-8 if all of it fits, or cp1252."""
    with file.open("rb") as stream:
        begin = stream.read(len(codecs.BOM_UTF8))
        for mark, encoding in MARKS:
            if begin.startswith(mark):
                return encoding
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return FALLBACK
    return "utf-8"
