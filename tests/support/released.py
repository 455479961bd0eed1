"""The data dir of the released version that `tests/data/released/record.py` recorded."""

import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

ARCHIVE = Path(__file__).parent.parent / "data" / "released" / "stack.tar.xz"

Line = dict[str, Any]


def unpack(folder: Path) -> Path:
    """Unpack what was recorded into the folder; return the data dir."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder / "var"


def listed(folder: Path, name: str) -> list[Line]:
    """Return what the released version's list printed as JSON."""
    lines: list[Line] = json.loads((folder / f"{name}.json").read_text())
    return lines


def rows_of(file: Path, table: str) -> Iterator[Line]:
    """Return the rows as SQLite stores them."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        yield from map(dict, connection.execute(f"SELECT * FROM {table} ORDER BY 1"))  # noqa: S608 - our own words
