"""The lists show their rows, and their filters leave rows out."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.deliveries import refuse_delivery
from db.engine import Database
from db.orders import close_row, fail_order, record_failure
from db.requests import store_request
from db.tables import EventRow
from db.views.licenses import find_license
from db.views.lists import (
    Filters,
    list_deliveries,
    list_events,
    list_licenses,
    list_sales,
)
from domain.event import EventStatus
from tests.db.rows import BUYER, KEY, NOON, mint, new_request, sale_of, store_event

HOUR = timedelta(hours=1)
OUTCOMES = {
    "open": None,
    "fulfilled": "fulfilled",
    "renewed": "renewed",
    "duplicate": "duplicate",
    "applied": "applied",
    "ignored": "ignored:refund",
    "noted": "noted:refund",
}


def event_with(database: Database, outcome: str | None, error: str | None = None) -> int:
    event_id = database.write_here(store_event, f"order-{outcome}-{error}")
    values = update(EventRow).where(EventRow.id == event_id).values(outcome=outcome, error=error)
    database.write_here(lambda session: session.execute(values))
    return event_id


def ids(database: Database, **filters: Any) -> list[int]:  # noqa: ANN401 - a filter's own type
    return [line.id for line in database.read_here(list_events, Filters(**filters))]


def test_events_are_found_by_every_status(database: Database) -> None:
    made = {status: event_with(database, outcome) for status, outcome in OUTCOMES.items()}
    parked = event_with(database, None, "unmapped product")
    made["failed"] = event_with(database, "failed", "it failed")
    assert set(made) | {"parked"} == set(EventStatus)
    for status, event_id in made.items():
        expected = [parked, event_id] if status == "open" else [event_id]
        assert ids(database, status=status) == expected, status
    assert ids(database, status="parked") == [parked]


@pytest.mark.parametrize(
    ("outcome", "processed"),
    [(None, False), ("failed", False), ("fulfilled", True), ("ignored:x", True)],
)
def test_event_is_processed_unless_open_or_failed(
    database: Database, outcome: str | None, *, processed: bool
) -> None:
    event_with(database, outcome)
    (line,) = database.read_here(list_events, Filters())
    assert line.processed is processed


def test_events_are_filtered_by_source_time_and_order_newest_first(database: Database) -> None:
    requests = [
        new_request("one", received_at=NOON - HOUR),
        new_request("two", received_at=NOON),
        new_request("two", source="another-shop", received_at=NOON + HOUR),
    ]
    first, second, third = [database.write_here(store_request, new) for new in requests]
    assert ids(database) == [third, second, first]
    assert ids(database, limit=2) == [third, second]
    assert ids(database, since=NOON) == [third, second]
    assert ids(database, source="gumroad") == [second, first]
    assert ids(database, order_id="two", source="gumroad") == [second]


def test_limit_counts_what_the_other_filters_leave(database: Database) -> None:
    failed = event_with(database, "failed")
    for _ in range(3):
        database.write_here(store_event)
    assert ids(database, status="failed", limit=1) == [failed]


def test_sale_shows_what_was_bought(database: Database) -> None:
    database.write_here(mint, sale_of())
    (line,) = database.read_here(list_sales, Filters())
    assert (line.order_id, line.status, line.quantity, line.email) == ("order-1", "open", 2, BUYER)
    assert line.variants == {"Edition": "Pro"}
    assert line.sold_at == NOON


def test_sale_stands_as_its_best_row_does(database: Database) -> None:
    def status() -> str:
        (line,) = database.read_here(list_sales, Filters())
        assert database.read_here(list_sales, Filters(status=line.status)) == [line]
        return line.status

    database.write_here(mint, sale_of())
    assert status() == "open"
    (first,) = ids(database)
    database.write_here(fail_order, first, "it failed", NOON)
    assert status() == "failed"
    again = database.write_here(store_event)
    assert status() == "open"
    database.write_here(record_failure, again, "unmapped product")
    assert status() == "parked"
    database.write_here(close_row, again, "fulfilled", NOON)
    assert status() == "fulfilled"
    late = database.write_here(store_event)
    assert status() == "fulfilled"
    database.write_here(close_row, late, "duplicate", NOON)
    assert status() == "fulfilled"
    applied = update(EventRow).filter_by(id=first).values(outcome="applied")
    database.write_here(Session.execute, applied)
    assert status() == "fulfilled"


def test_refund_does_not_change_how_its_sale_stands(database: Database) -> None:
    database.write_here(mint, sale_of())
    refund = database.write_here(store_event, "order-1", "refund")
    database.write_here(close_row, refund, "ignored:refund", NOON)
    assert [line.status for line in database.read_here(list_sales, Filters())] == ["open"]


def test_licenses_are_filtered_by_source_time_status_and_order(database: Database) -> None:
    for number in range(3):
        database.write_here(mint, sale_of(f"order-{number}"), f"KEY-{number}", NOON + number * HOUR)

    def orders(**filters: Any) -> list[str]:  # noqa: ANN401 - a filter's own type
        return [line.order_id for line in database.read_here(list_licenses, Filters(**filters))]

    assert orders() == ["order-2", "order-1", "order-0"]
    assert orders(since=NOON + HOUR) == ["order-2", "order-1"]
    assert orders(status="active", limit=1) == ["order-2"]
    assert orders(status="revoked") == orders(source="another-shop") == []
    assert orders(order_id="order-0") == ["order-0"]


def test_license_is_found_by_its_key(database: Database) -> None:
    database.write_here(mint, sale_of())
    found = database.read_here(find_license, KEY)
    assert found is not None
    assert found.order_id == "order-1"
    assert database.read_here(find_license, "ANOTHER-KEY") is None


def test_deliveries_are_filtered_by_status_source_and_order(database: Database) -> None:
    for number in range(2):
        database.write_here(mint, sale_of(f"order-{number}"), f"KEY-{number}")
    second, first = [line.id for line in database.read_here(list_deliveries, Filters())]
    database.write_here(refuse_delivery, first, "no such address")

    def found(**filters: Any) -> list[int]:  # noqa: ANN401 - a filter's own type
        return [line.id for line in database.read_here(list_deliveries, Filters(**filters))]

    assert first < second
    assert found(status="refused") == [first]
    assert found(status="pending") == [second]
    assert found(order_id="order-0") == [first]
    assert found(source="another-shop") == []
    assert found(since=NOON + HOUR) == []
