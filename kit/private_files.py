"""Writes files that only their owner may read, and that survive a power cut whole."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def create_private(file: Path, content: bytes) -> None:
    """Create a file with mode 0600, and sync it to the disk.

    Raises FileExistsError when the file exists.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def replace_private(file: Path, content: bytes) -> None:
    """Create or replace a file atomically, so that no reader sees half of its content."""
    unfinished = _unfinished(file)
    try:
        create_private(unfinished, content)
        unfinished.replace(file)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise


def keep_private(file: Path, content: bytes) -> bytes:
    """Create a file unless it exists, and return its content.

    The file appears whole, so that two processes at once keep the same content.
    """
    unfinished = _unfinished(file)
    try:
        create_private(unfinished, content)
        with suppress(FileExistsError):
            os.link(unfinished, file)
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return file.read_bytes()


def _unfinished(file: Path) -> Path:
    return file.with_name(f".{file.name}-{token_hex(4)}")
