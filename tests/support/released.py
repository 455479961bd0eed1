"""The released version's data dir, recorded by `tests/data/released/record.py`."""

import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

from licensing.keys import new_key
from tests.support.pings import changed, recorded

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


REFUNDED_ID = 20
"""The id of the added rows. The refund's event has the next one."""


def add_refunded(file: Path, order_id: str) -> None:
    """Add a copy of the fulfilled sale, and a refund of it as the released version ignored it."""
    refund = changed(recorded("12"), sale_id=order_id)
    own = {"order_id": order_id, "id": REFUNDED_ID}
    event = {**own, "request_id": uuid4().hex, "workflow_id": f"gumroad:{order_id}"}
    ignored = {
        "id": REFUNDED_ID + 1,
        "request_id": uuid4().hex,
        "workflow_id": f"gumroad:event:{REFUNDED_ID + 1}",
        "kind": "refund",
        "body": refund,
        "body_bytes": len(refund),
        "outcome": "ignored:refund",
    }
    license_ = {"sale_id": REFUNDED_ID, "key": new_key(), "token_id": order_id}
    with closing(sqlite3.connect(file)) as connection, connection:
        _copy(connection, "events", event)
        _copy(connection, "events", {**event, **ignored})
        _copy(connection, "sales", {**own, "event_id": REFUNDED_ID})
        _copy(connection, "licenses", {**own, **license_})


def _copy(connection: sqlite3.Connection, table: str, changes: Line) -> None:
    """Insert the first row of the table once more, with these changes."""
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute(f"SELECT * FROM {table} WHERE id = 1").fetchone()) | changes  # noqa: S608 - our own words
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} VALUES ({marks})", [*row.values()])  # noqa: S608 - as above
