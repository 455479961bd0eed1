"""The released version's data dir, recorded by `tests/data/released/record.py`."""

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
    """Unpack the recording into the folder. Return the data dir."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder / "var"


def listed(folder: Path, name: str) -> list[Line]:
    """Return the JSON that the released version's list printed."""
    lines: list[Line] = json.loads((folder / f"{name}.json").read_text())
    return lines


def rows_of(file: Path, table: str) -> Iterator[Line]:
    """Return the rows as SQLite stores them."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        yield from map(dict, connection.execute(f"SELECT * FROM {table} ORDER BY 1"))  # noqa: S608 - our own words
