"""`operations.status`: groups, counts of the last day, and the command to begin with."""

from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.engine import Database
from db.orders import close_row, fail_order
from db.tables import AlertRow, EventRow
from domain.alerting import Standing
from domain.event import EventStatus
from operations.status import Spooled, Status, status
from relay.spool import Spool
from tests.db.rows import NOON, mint, new_request, sale_of, store_event

HOUR = timedelta(hours=1)
POLLS = Standing("worker", "worker: nobody polls", NOON, NOON, told_at=NOON, told_count=1)
UNTOLD = replace(POLLS, cause="temporal", told_at=None)
ENDED = replace(POLLS, cause="spool", closed_at=NOON)
UNMAPPED = 'unmapped product "{}": add it under gumroad in products.yaml'


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def look(database: Database, spool: Spool, after: timedelta = HOUR) -> Status:
    return status(database, spool, NOON + after)


def park(session: Session, order_id: str | None, sentence: str) -> int:
    event_id = store_event(session, order_id)
    session.get_one(EventRow, event_id).error = sentence
    return event_id


def test_an_empty_database_needs_nobody_and_no_folder_is_made(
    database: Database, spool: Spool
) -> None:
    found = look(database, spool)

    assert (found.waiting, found.failed, found.alerts, found.next) == ([], [], [], None)
    assert found.came.events == []
    assert found.spool == Spooled(0, 0)
    assert not spool.folder.exists()


def test_parked_sales_are_grouped_by_cause_and_the_oldest_of_the_largest_is_shown_next(
    database: Database, spool: Spool
) -> None:
    database.write_here(park, "order-1", UNMAPPED.format("a"))
    for order_id in ("order-2", "order-3"):
        database.write_here(park, order_id, UNMAPPED.format("b"))
    found = look(database, spool)

    told = [(group.count, group.sentence) for group in found.waiting]
    assert told == [(2, UNMAPPED.format("b")), (1, UNMAPPED.format("a"))]
    assert found.next == "mintpost retry gumroad:order-2"


def test_a_failed_sale_is_apart_and_next_where_nothing_waits(
    database: Database, spool: Spool
) -> None:
    event_id = database.write_here(store_event, "order-1")
    database.write_here(fail_order, event_id, "its body is no sale", NOON)
    found = look(database, spool)

    assert [group.status for group in found.failed] == [EventStatus.FAILED]
    assert (found.waiting, found.next) == ([], "mintpost replay gumroad:order-1")


def test_an_event_without_an_order_is_shown_by_its_own_name(
    database: Database, spool: Spool
) -> None:
    event_id = database.write_here(park, None, "it has no order")

    assert look(database, spool).next == f"mintpost retry gumroad:event:{event_id}"


def test_an_event_on_its_way_needs_nobody_until_it_is_late(
    database: Database, spool: Spool
) -> None:
    database.write_here(store_event, "order-1")

    assert look(database, spool, timedelta(seconds=59)).next is None
    assert look(database, spool, timedelta(seconds=60)).next == "mintpost show gumroad:order-1"


def test_the_last_day_is_counted_by_shop_and_outcome(database: Database, spool: Spool) -> None:
    minted = database.write_here(mint, sale_of())
    first = database.write_here(store_event, "order-2")
    database.write_here(close_row, first, "duplicate", NOON)

    came = look(database, spool).came
    assert [(each.source, each.outcome, each.count) for each in came.events] == [
        ("gumroad", None, 1),
        ("gumroad", "duplicate", 1),
    ]
    assert (came.licenses, came.mails) == (1, {"pending": 1})
    assert minted.delivery_id is not None
    assert look(database, spool, timedelta(days=2)).came.events == []


def test_a_mail_that_waits_is_told_with_the_command_that_lists_it(
    database: Database, spool: Spool
) -> None:
    database.write_here(mint, sale_of())
    database.write_here(settle_all)
    found = look(database, spool)

    assert (found.owed.count, found.owed.oldest) == (1, NOON)
    assert found.next == "mintpost deliveries --status pending"
    database.write_here(send_all)
    assert look(database, spool).next is None


def settle_all(session: Session) -> None:
    session.execute(text("UPDATE events SET outcome = 'fulfilled'"))


def send_all(session: Session) -> None:
    session.execute(text("UPDATE deliveries SET status = 'accepted'"))


def test_a_spooled_request_and_an_alert_lead_to_doctor(database: Database, spool: Spool) -> None:
    spool.keep(new_request())
    assert look(database, spool).spool == Spooled(1, 0)
    assert look(database, spool).next == "mintpost doctor"

    spool.remove(spool.files()[0])
    for alert in (POLLS, replace(POLLS, cause="parked:gumroad:5f0c"), UNTOLD, ENDED):
        database.write_here(raise_alert, alert)
    found = look(database, spool)
    assert [each.sentence for each in found.alerts] == ["worker: nobody polls"]
    assert found.next == "mintpost doctor"


def test_an_alert_that_is_over_before_the_closing_note_is_not_shown(
    database: Database, spool: Spool
) -> None:
    later = POLLS.seen_at + timedelta(minutes=3)
    stays = replace(POLLS, cause="unset:polar", sentence="polar: no secret", seen_at=later)
    for alert in (POLLS, stays):
        database.write_here(raise_alert, alert)
    assert [each.sentence for each in look(database, spool).alerts] == ["polar: no secret"]


def raise_alert(session: Session, alert: Standing) -> None:
    session.add(AlertRow(**asdict(alert)))
