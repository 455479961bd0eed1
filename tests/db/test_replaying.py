"""The record of a run tells what a replay may do with it, and two people do not reopen it twice."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.dispatching import mark_dispatched, waiting_events
from db.engine import Database
from db.orders import fail_order
from db.replaying import RunRecord, failed_runs, reopen_run, run_record
from db.tables import EventRow
from tests.db.rows import store_event

SALE = "gumroad:replayed"
THEN, NOW = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC)


def failed(session: Session) -> int:
    event = store_event(session, "replayed")
    mark_dispatched(session, event, SALE, THEN)
    fail_order(session, event, "blocked", THEN)
    return event


async def test_failed_run_is_found_by_its_name_and_among_all(database: Database) -> None:
    await database.write(failed)
    record = RunRecord(SALE, "failed", "blocked")
    assert await database.read(run_record, SALE) == record
    assert await database.read(failed_runs) == [record]


async def test_run_is_reopened_once_for_two_people(database: Database) -> None:
    event = await database.write(failed)
    record = await database.read(run_record, SALE)
    assert record is not None
    assert await database.write(reopen_run, record, NOW) == 1
    assert await database.write(reopen_run, record, NOW) == 0
    assert await database.read(run_record, SALE) == RunRecord(SALE, None, None)
    assert await database.read(waiting_events, 9) == []

    await database.write(fail_order, event, "blocked", NOW)
    assert await database.write(reopen_run, record, None) == 1
    assert [each.id for each in await database.read(waiting_events, 9)] == [event]


@pytest.mark.parametrize("outcome", ["fulfilled", "duplicate", "applied"])
async def test_run_that_ended_well_is_never_reopened(database: Database, outcome: str) -> None:
    await database.write(failed)

    def settle(session: Session) -> None:
        session.execute(update(EventRow).values(outcome=outcome))

    await database.write(settle)
    record = await database.read(run_record, SALE)
    assert record == RunRecord(SALE, outcome, "blocked")
    assert await database.write(reopen_run, record, NOW) == 0


async def test_open_row_decides_before_a_failed_one_and_that_before_a_copy(
    database: Database,
) -> None:
    events = [await database.write(failed) for _ in range(3)]

    async def decided(*outcomes: str | None) -> str | None:
        def settle(session: Session) -> None:
            for event, outcome in zip(events, outcomes, strict=True):
                own = update(EventRow).where(EventRow.id == event)
                session.execute(own.values(outcome=outcome))

        await database.write(settle)
        record = await database.read(run_record, SALE)
        assert record is not None
        return record.outcome

    assert await decided(None, "failed", "duplicate") is None
    assert await decided("fulfilled", "failed", "duplicate") == "failed"
    assert await decided("fulfilled", "duplicate", "duplicate") == "fulfilled"


async def test_name_that_no_row_has_is_unknown(database: Database) -> None:
    for name in (SALE, "gumroad:event:7", "gumroad:replayed:resend:1", "gumroad:x:resend:no"):
        assert await database.read(run_record, name) is None
