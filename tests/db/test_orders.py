"""The events of one order share sentences and outcomes."""

from datetime import timedelta

import pytest

from db.dispatching import WAITING, mark_dispatched, record_waiting, waiting_events
from db.engine import Database
from db.events import EventNames, load_event, name_event
from db.orders import (
    FailedAttempt,
    fail_order,
    fail_run,
    record_failure,
)
from db.requests import store_request
from db.tables import EventRow
from db.views.lists import Filters, list_events
from domain.event import ORDER_KINDS
from reading.settling import Settling
from tests.db.rows import NOON, mint, new_request, sale_of, stored, told

LATER = NOON + timedelta(hours=1)


async def test_close_settles_its_row_and_the_others_as_duplicates(
    database: Database, settling: Settling
) -> None:
    mine, other, failed = stored(database, *[("order", kind) for kind in ORDER_KINDS])
    database.write_here(fail_order, failed, "it failed", NOON)
    for row in (mine, other):
        database.write_here(record_failure, row, "it waits")
    assert await settling.close(mine, "fulfilled", LATER) == 3
    note = f"the order was settled by event {mine}"
    assert database.read_here(told, mine) == ("fulfilled", None, None)
    assert database.read_here(told, other) == ("duplicate", None, note)
    assert database.read_here(told, failed) == ("duplicate", None, note)
    assert database.read_here(load_event, failed).closed_at == LATER


async def test_close_a_second_time_changes_nothing(database: Database, settling: Settling) -> None:
    (mine,) = stored(database, ("order", "sale"))
    await settling.close(mine, "fulfilled", NOON)
    assert await settling.close(mine, "ignored:refunded", LATER) == 0
    event = database.read_here(load_event, mine)
    assert (event.outcome, event.closed_at) == ("fulfilled", NOON)


@pytest.mark.parametrize(
    ("order", "kind", "source"),
    [
        ("another-order", "sale", "gumroad"),
        ("order", "refund", "gumroad"),
        ("order", "test_ping", "gumroad"),
        ("order", "sale", "another-shop"),
        (None, "sale", "gumroad"),
    ],
)
async def test_close_leaves_what_is_not_of_the_order(
    database: Database, settling: Settling, order: str | None, kind: str, source: str
) -> None:
    foreign = database.write_here(store_request, new_request(order, kind, source=source))
    (mine,) = stored(database, ("order", "sale"))
    assert await settling.close(mine, "fulfilled", NOON) == 1
    assert database.read_here(told, foreign) == (None, None, None)


@pytest.mark.parametrize(("order", "kind"), [("order", "refund"), (None, "sale")])
async def test_row_that_stands_alone_closes_alone(
    database: Database, settling: Settling, order: str | None, kind: str
) -> None:
    mine, twin, sale = stored(database, (order, kind), (order, kind), ("order", "sale"))
    assert await settling.close(mine, "ignored:x", NOON) == 1
    assert database.read_here(told, twin) == (None, None, None)
    assert database.read_here(told, sale) == (None, None, None)


def test_fail_puts_the_sentence_on_every_open_row_that_was_started(database: Database) -> None:
    done, mine, joined, later = stored(database, *[("order", "sale")] * 4)
    database.write_here(
        lambda session: setattr(session.get_one(EventRow, done), "outcome", "ignored:x")
    )
    database.write_here(mark_dispatched, joined, "gumroad:order", NOON)
    assert database.write_here(fail_order, mine, "it failed", NOON) == 2
    assert database.read_here(told, done) == ("ignored:x", None, None)
    for row in (mine, joined):
        assert database.read_here(told, row) == ("failed", "it failed", None)
    assert database.read_here(told, later) == (None, None, None)


def test_ping_that_cannot_be_read_fails_alone_and_the_others_start_anew(
    database: Database,
) -> None:
    unreadable, other = stored(database, ("order", "sale"), ("order", "sale"))
    for row in (unreadable, other):
        database.write_here(mark_dispatched, row, "gumroad:order", NOON)
    assert database.write_here(fail_run, unreadable, "it failed", NOON) == 1
    assert database.read_here(told, unreadable) == ("failed", "it failed", None)
    assert database.read_here(told, other) == (None, None, None)
    assert [row.id for row in database.read_here(waiting_events, 9)] == [other]


def test_order_that_was_read_fails_as_a_whole(database: Database) -> None:
    database.write_here(mint, sale_of("order"))
    (other,) = stored(database, ("order", "sale"))
    for row in database.read_here(waiting_events, 9):
        database.write_here(mark_dispatched, row.id, "gumroad:order", NOON)
    assert database.write_here(fail_run, other, "it failed", NOON) == 2
    assert {row.outcome for row in database.read_here(list_events, Filters())} == {"failed"}


def test_row_that_its_run_has_named_meanwhile_starts_under_its_new_name(
    database: Database,
) -> None:
    (row,) = stored(database, ("order", "unknown"))
    database.write_here(name_event, row, EventNames("sale", "order", None, None))
    assert not database.write_here(mark_dispatched, row, "gumroad:event:1", NOON, "unknown")
    (waiting,) = database.read_here(waiting_events, 9)
    assert (waiting.kind, waiting.order_id) == ("sale", "order")
    assert database.write_here(mark_dispatched, row, "gumroad:order", NOON, "sale")
    assert database.read_here(waiting_events, 9) == []


async def test_foreign_seller_settles_no_other_copy_of_the_order(
    database: Database, settling: Settling
) -> None:
    foreign, other = stored(database, ("order", "sale"), ("order", "sale"))
    for row in (foreign, other):
        database.write_here(mark_dispatched, row, "gumroad:order", NOON)
    await settling.close(foreign, "ignored:foreign_seller", NOON)
    assert database.read_here(told, foreign)[0] == "ignored:foreign_seller"
    assert [row.id for row in database.read_here(waiting_events, 9)] == [other]


async def test_close_after_all_replaces_what_was_ignored(
    database: Database, settling: Settling
) -> None:
    (row,) = stored(database, ("order", "sale"))
    await settling.close(row, "ignored:refunded", NOON)
    assert await settling.close(row, "fulfilled", LATER) == 1
    assert database.read_here(told, row)[0] == "fulfilled"


def test_failure_of_an_attempt_tells_every_open_row_and_no_closed_one(database: Database) -> None:
    failed, mine = stored(database, ("order", "sale"), ("order", "sale"))
    database.write_here(
        lambda session: setattr(session.get_one(EventRow, failed), "outcome", "failed")
    )
    database.write_here(record_failure, mine, "it waits")
    assert database.read_here(told, mine) == (None, "it waits", None)
    assert database.read_here(told, failed) == ("failed", None, None)


def test_attempt_opens_a_row_that_failed_before_it_and_none_that_failed_during_it(
    database: Database,
) -> None:
    (mine,) = stored(database, ("order", "sale"))
    database.write_here(mark_dispatched, mine, "gumroad:order", NOON)
    database.write_here(fail_order, mine, "a person canceled its workflow", LATER)
    for began_at, then in (
        (NOON, ("failed", "a person canceled its workflow", None)),
        (LATER + timedelta(seconds=1), (None, "it waits", None)),
    ):
        attempt = FailedAttempt("gumroad:order", began_at)
        database.write_here(record_failure, mine, "it waits", attempt)
        assert database.read_here(told, mine) == then


def test_start_takes_the_waiting_sentence_away_and_no_other(database: Database) -> None:
    waiting, parked = stored(database, ("one", "sale"), ("two", "sale"))
    database.write_here(record_waiting, "Temporal is away")
    database.write_here(record_failure, parked, "unmapped product")
    assert database.read_here(told, waiting) == (None, f"{WAITING}: Temporal is away", None)
    for row in (waiting, parked):
        database.write_here(mark_dispatched, row, "workflow", NOON)
    assert database.read_here(told, waiting) == (None, None, None)
    assert database.read_here(told, parked) == (None, "unmapped product", None)


async def test_rows_wait_in_order_of_arrival_until_dispatched_or_settled(
    database: Database, settling: Settling
) -> None:
    dispatched, settled, *rest = stored(database, *[(f"o{n}", "sale") for n in range(5)])
    database.write_here(mark_dispatched, dispatched, "workflow", NOON)
    await settling.close(settled, "fulfilled", NOON)
    assert [event.id for event in database.read_here(waiting_events, 100)] == rest
    assert [event.id for event in database.read_here(waiting_events, 2)] == rest[:2]


def test_waiting_is_told_on_undispatched_rows_only(database: Database) -> None:
    dispatched, waiting = stored(database, ("one", "sale"), ("two", "sale"))
    database.write_here(mark_dispatched, dispatched, "workflow", NOON)
    database.write_here(record_waiting, "Temporal is away")
    assert database.read_here(told, dispatched) == (None, None, None)
    assert (database.read_here(load_event, waiting).error or "").startswith(WAITING)
