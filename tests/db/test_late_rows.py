"""Events that arrive after another event has settled their order."""

from datetime import timedelta

import pytest

from db.engine import Database
from db.events import NewEvent, insert_event
from db.late_rows import late_copies
from db.orders import close_row, order_is_settled, settle_copy
from db.tables import EventRow
from domain.event import Origin
from reading.settling import Settling
from tests.db.concurrently import at_once
from tests.db.rows import NOON, stored, told

LATER = NOON + timedelta(hours=1)


async def test_late_row_becomes_a_duplicate_of_the_row_that_settled(
    database: Database, settling: Settling
) -> None:
    (first,) = stored(database, ("order", "sale"))
    await settling.close(first, "fulfilled", NOON)
    late, later = stored(database, ("order", "sale"), ("order", "recurring_charge"))
    assert database.read_here(late_copies) == [(late, first), (later, first)]
    await settling.settle_late(LATER)
    for row in (late, later):
        outcome, _, note = database.read_here(told, row)
        assert (outcome, note) == ("duplicate", f"the order was settled by event {first}")
    assert database.read_here(late_copies) == []


@pytest.mark.parametrize(
    ("outcome", "kind", "settles"),
    [
        ("fulfilled", "sale", True),
        ("ignored:refunded", "sale", True),
        ("failed", "sale", False),
        ("duplicate", "sale", False),
        ("ignored:foreign_seller", "sale", False),
        ("noted:waits_for_payment", "sale", False),
        (None, "sale", False),
        ("ignored:refund", "refund", False),
    ],
)
async def test_order_is_settled_exactly_where_a_late_row_would_be(
    database: Database, settling: Settling, outcome: str | None, kind: str, *, settles: bool
) -> None:
    (first,) = stored(database, ("order", kind))
    database.write_here(
        lambda session: setattr(session.get_one(EventRow, first), "outcome", outcome)
    )
    assert database.read_here(order_is_settled, "gumroad", "order") is settles
    (late,) = stored(database, ("order", "sale"))
    await settling.settle_late(NOON)
    assert (database.read_here(told, late)[0] == "duplicate") is settles


async def test_late_event_without_a_request_is_settled_too(
    database: Database, settling: Settling
) -> None:
    """A shop's list or a seller tells such an event. It must not stop the relay."""
    (first,) = stored(database, ("order", "sale"))
    await settling.close(first, "fulfilled", NOON)
    listed = NewEvent("gumroad", Origin.LIST, "sale", "order", None, "key", NOON)
    late = database.write_here(insert_event, listed)
    assert late is not None
    await settling.settle_late(LATER)
    outcome, _, note = database.read_here(told, late)
    assert (outcome, note) == ("duplicate", f"the order was settled by event {first}")


async def test_late_refund_is_not_settled_by_its_sale(
    database: Database, settling: Settling
) -> None:
    sale, refund = stored(database, ("order", "sale"), ("order", "refund"))
    await settling.close(sale, "fulfilled", NOON)
    assert database.read_here(late_copies) == []
    assert database.read_here(told, refund) == (None, None, None)


def test_two_rows_that_settle_each_other_at_once_leave_one_that_is_no_duplicate(
    database: Database,
) -> None:
    for number in range(10):
        rows = stored(database, *[(f"order-{number}", "sale")] * 2)

        def settle(turn: int, rows: list[int] = rows) -> int:
            mine, other = rows[turn], rows[1 - turn]
            settled = database.write_here(settle_copy, other, mine, LATER)
            return settled + database.write_here(close_row, mine, "fulfilled", LATER)

        at_once(2, settle)
        outcomes = [database.read_here(told, row)[0] for row in rows]
        assert sorted(map(str, outcomes)) == ["duplicate", "fulfilled"]
