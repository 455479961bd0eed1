"""Reads a CSV file row by row, as any spreadsheet or shop may have written it."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from kit.refusals import RefusedError
from kit.text_files import UNREADABLE, opened_text

DELIMITERS = ",;\t|"
GUARDED = re.compile(r"^'(?=[-=+@%|])")
"""The apostrophe of exporters that keep a spreadsheet from computing a cell."""

SPREADSHEETS = "it begins like a spreadsheet's own file: save it as CSV"
NEVER_CLOSED = "its quote is never closed, so nothing from there on could be read: close the quote"
LOOSE_QUOTE = 'a quote stands inside a value: write it twice ("") and put the value in quotes'
NO_TEXT = "it holds a byte that is no text: save the file as UTF-8"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row. `line` is its first line in the file; the header is line 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read, with the reason."""

    line: int
    why: str


def read_rows(file: Path) -> Iterator[Row | BadRow]:
    """Yield the header and each row that is not empty. Raises RefusedError if there is no text."""
    with opened_text(file) as stream:
        begin = stream.readline()
        if begin.startswith(("PK\x03\x04", "\u00d0\u00cf\x11\u00e0")):
            raise RefusedError(f"{file} is no CSV file: {SPREADSHEETS}")
        stream.seek(0)
        yield from _rows(stream, _delimiter_of(begin))


def _delimiter_of(header: str) -> str:
    """Return the delimiter that stands most often in the header, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    count = Counter({one: bare.count(one) for one in DELIMITERS})
    return max(DELIMITERS, key=lambda one: count[one])


def _rows(stream: TextIO, delimiter: str) -> Iterator[Row | BadRow]:
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, _why(error))
            if _swallows_the_rest(error):
                return
            continue
        if (row := _row(line, cells)) is not None:
            yield row


def _row(line: int, cells: Sequence[str]) -> Row | BadRow | None:
    bare = tuple(GUARDED.sub("", cell.strip()) for cell in cells)
    if not any(bare):
        return None
    if any(UNREADABLE in cell for cell in bare):
        return BadRow(line, NO_TEXT)
    return Row(line, bare)


def _why(error: csv.Error) -> str:
    return NEVER_CLOSED if _swallows_the_rest(error) else LOOSE_QUOTE


def _swallows_the_rest(error: csv.Error) -> bool:
    # The library has no other sign than its text.
    return "end of data" in str(error) or "larger than" in str(error)
