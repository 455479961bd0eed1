"""The events of years of sales, in the tables of migration 0006, or of a later one."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, MetaData, Table

BATCH = 1000
BODY_BYTES = 1200
"""The usual size of a request of Gumroad's."""

HEADERS = [["host", "shop.example"], ["user-agent", "x" * 40], ["x-forwarded-for", "192.0.2.1"]]
FIRST = datetime(2020, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


def fill(engine: Engine, events: int) -> None:
    """Insert this number of events, each with its sale."""
    tables = MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        for first in range(1, events + 1, BATCH):
            numbers = range(first, min(first + BATCH, events + 1))
            _insert(connection, tables.tables["events"], [_event(each) for each in numbers])
            _insert(connection, tables.tables["sales"], [_sale(each) for each in numbers])


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Leave out what a later migration keeps elsewhere."""
    known = set(table.c.keys())
    kept = [{name: row[name] for name in known & row.keys()} for row in rows]
    connection.execute(table.insert(), kept)


def _event(number: int) -> Row:
    at = FIRST + timedelta(minutes=30 * number)
    return {
        "id": number,
        "request_id": uuid4().hex,
        **_order(number),
        "kind": "sale",
        "origin": "webhook",
        "product_id": "product",
        "received_at": at,
        "sender": "192.0.2.1",
        "content_type": "application/x-www-form-urlencoded",
        "headers": HEADERS,
        "body": os.urandom(BODY_BYTES // 2).hex().encode(),
        "body_bytes": BODY_BYTES,
        "matched_secret": 0,
        "workflow_id": f"gumroad:order-{number}",
        "dispatched_at": at,
        "outcome": "fulfilled",
        "closed_at": at,
    }


def _sale(number: int) -> Row:
    return {
        "id": number,
        "event_id": number,
        **_order(number),
        "line": "1",
        "product_id": "product",
        "product_name": "Lumen Editor",
        "product_aliases": [],
        "variants": [],
        "quantity": 1,
        "price_cents": 2900,
        "currency": "usd",
        "email": f"buyer-{number}@example.com",
        "name": "Ada Buyer",
        "test": False,
        "sold_at": FIRST,
        "created_at": FIRST,
    }


def _order(number: int) -> Row:
    return {"source": "gumroad", "order_id": f"order-{number}"}
