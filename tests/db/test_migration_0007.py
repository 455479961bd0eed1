"""Migration 0007 divides each event from its request and loses no value of either."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    JSON,
    URL,
    Boolean,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Uuid,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from db.engine import Database
from db.events import NewEvent, insert_event
from db.migrated import WrongMigrationError, check_migrated
from db.migrating import migrate
from db.requests import store_request
from db.tables import EventRow, RequestRow
from domain.event import Origin
from tests.db.migrated import at_revision
from tests.db.rows import NOON, new_request
from tests.support.released import Line, rows_of, unpack

OF_EVENT = ("source", "kind", "order_id", "product_id", "workflow_id", "outcome", "error", "note")
TIMES = ("received_at", "dispatched_at", "closed_at")
OF_REQUEST = ("sender", "content_type", "body", "body_bytes", "matched_secret")
TABLES = ("signing_keys", "events", "sales", "corrections", "licenses", "deliveries")


@dataclass(frozen=True, slots=True)
class Released:
    """A database at 0006 with the released version's rows; `before` are its rows of `events`."""

    engine: Engine
    before: list[Line]


@pytest.fixture
def released(database_url: URL, tmp_path: Path) -> Iterator[Released]:
    file = unpack(tmp_path / "released") / "mintpost.db"
    engine = at_revision(database_url, "0006")
    with engine.begin() as connection:
        for table in TABLES:
            copy_table(connection, file, table)
    yield Released(engine, list(rows_of(file, "events")))
    engine.dispose()


def copy_table(connection: Connection, file: Path, name: str) -> None:
    tables = MetaData()
    tables.reflect(connection, only=[name], resolve_fks=False)
    table = tables.tables[name]
    rows = [
        {column: as_type(table.columns[column].type, value) for column, value in row.items()}
        for row in rows_of(file, name)
    ]
    if rows:
        connection.execute(insert(table), rows)
    if "id" in table.columns and connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT setval('{name}_id_seq', {max(1, len(rows))})"))


def as_type(kind: TypeEngine[Any], value: Any) -> Any:  # noqa: ANN401 - a column's own type
    """Return the value behind SQLite's own type."""
    match kind:
        case _ if value is None:
            return None
        case DateTime():
            return utc(value)
        case JSON():
            return json.loads(value)
        case Uuid():
            return UUID(value)
        case Boolean():
            return bool(value)
        case _:
            return value


def utc(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def test_no_value_is_lost(released: Released) -> None:
    migrate(released.engine)
    check_migrated(released.engine)
    database = Database(released.engine)
    events = database.read_here(lambda s: s.scalars(select(EventRow).order_by(EventRow.id)).all())
    requests = database.read_here(
        lambda s: s.scalars(select(RequestRow).order_by(RequestRow.event_id)).all()
    )
    assert len(released.before) == 5
    for old, event, request in zip(released.before, events, requests, strict=True):
        assert (event.id, request.event_id) == (old["id"], old["id"])
        assert {name: getattr(event, name) for name in OF_EVENT} == {
            name: old[name] for name in OF_EVENT
        }
        for name in TIMES:
            assert getattr(event, name) == (old[name] and utc(old[name]))
        assert {name: getattr(request, name) for name in OF_REQUEST} == {
            name: old[name] for name in OF_REQUEST
        }
        assert request.headers == json.loads(old["headers"])
        assert request.request_id == UUID(old["request_id"])
        assert (event.origin, event.event_key, request.secret_label) == ("webhook", None, None)
    assert set(released.before[0]) == {*OF_EVENT, *TIMES, *OF_REQUEST} | {
        *("id", "headers", "request_id")
    }


def test_ids_go_on_after_the_last_one(released: Released) -> None:
    migrate(released.engine)
    assert Database(released.engine).write_here(store_request, new_request("order-new")) == 6


def test_sales_refer_to_the_new_table(released: Released) -> None:
    migrate(released.engine)
    change = text("UPDATE sales SET event_id = 99")
    with pytest.raises(IntegrityError), released.engine.begin() as connection:
        connection.execute(change)


def test_request_cannot_be_of_no_event(released: Released) -> None:
    migrate(released.engine)
    change = text("UPDATE requests SET event_id = 99 WHERE event_id = 1")
    with pytest.raises(IntegrityError), released.engine.begin() as connection:
        connection.execute(change)


def test_requests_may_go_and_the_events_stay(released: Released) -> None:
    migrate(released.engine)
    with released.engine.begin() as connection:
        connection.execute(text("DELETE FROM requests"))
        assert connection.execute(text("SELECT count(*) FROM events")).scalar_one() == 5


def test_event_may_come_without_a_request(released: Released) -> None:
    migrate(released.engine)
    new = NewEvent("gumroad", Origin.LIST, "sale", "order-listed", None, "sale-1", NOON)
    assert Database(released.engine).write_here(insert_event, new) == 6


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sale_without_its_event_stops_the_migration(released: Released) -> None:
    """PostgreSQL always checks. SQLite checks only if a connection asks for checks."""
    with released.engine.connect() as connection:
        connection.detach()
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            connection.execute(text("UPDATE sales SET event_id = 99 WHERE id = 2"))
    refusal = "row 2 of sales refers to a row of events that is not there.*`mintpost migrate`"
    with pytest.raises(WrongMigrationError, match=refusal):
        migrate(released.engine)
    with pytest.raises(WrongMigrationError, match="at migration 0006"):
        check_migrated(released.engine)
