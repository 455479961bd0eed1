"""A check for a full disk: only a written file shows in time whether there is room."""

import os
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from time import monotonic

from sqlalchemy import URL

ENOUGH = bytes(64 * 1024)
"""Space for about fifty requests of the usual size."""

REMEMBERED_SECONDS = 1
"""A result is kept for this time, because anybody may request `/readyz` at any rate."""


class FreeSpace:
    """The free space in a folder. The `files` that exist must be writable as well."""

    def __init__(self, folder: Path, files: tuple[Path, ...] = ()) -> None:
        self.folder = folder
        self.files = files
        self._looking = Lock()
        self._found: str | None = None
        self._looked_at = -float(REMEMBERED_SECONDS)

    def trouble(self) -> str | None:
        """Return why no file can be written, in the system's words. This call blocks."""
        with self._looking:
            if monotonic() - self._looked_at >= REMEMBERED_SECONDS:
                self._found = self._locked_file() or _try_to_write(self.folder)
                self._looked_at = monotonic()
            return self._found

    def _locked_file(self) -> str | None:
        # SQLite opens a write-protected file for reading, without an error.
        locked = (file for file in self.files if file.exists() and not os.access(file, os.W_OK))
        return next((f"{file.name} may not be written" for file in locked), None)


def free_space_for(database: URL) -> FreeSpace | None:
    """Return the folder of SQLite's file and log; None for another database."""
    path = database.database or ""
    if database.get_backend_name() != "sqlite" or path in {"", ":memory:"}:
        return None
    return FreeSpace(Path(path).parent, (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")))


def _try_to_write(folder: Path) -> str | None:
    try:
        # The file has no name, so that a crash leaves no file behind.
        with TemporaryFile(dir=folder, buffering=0) as file:
            written = file.write(ENOUGH)
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or type(error).__name__
    return None if written == len(ENOUGH) else "there is room for a part of a file only"
