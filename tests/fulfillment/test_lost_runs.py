"""The watcher finds an event after its run ended without settling it."""

from datetime import UTC, datetime
from secrets import token_urlsafe

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from db.dispatching import mark_dispatched
from db.requests import store_request
from db.tables import EventRow, Table
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from mailers.postmark.service import PostmarkEmailService
from tests.support.databases import ON_SQLITE
from tests.support.pings import changed, new_event, order_of, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import reset
from tests.support.waiting import until

ORDINARY = recorded("01")
ORDER = order_of(ORDINARY)


def reopen(session: Session, *, started: bool) -> None:
    """Reset the rows to a backup from before they were settled."""
    time = datetime(2026, 9, 1, tzinfo=UTC) if started else None
    session.execute(update(EventRow).values(outcome=None, closed_at=None, dispatched_at=time))


def forget_everything(session: Session) -> None:
    for table in reversed(Table.metadata.sorted_tables):
        session.execute(delete(table))


@ON_SQLITE
async def test_row_whose_run_temporal_does_not_know_is_started_again(setup: Setup) -> None:
    long_ago = datetime(2026, 9, 1, tzinfo=UTC)
    # An order that no other test of this process left in Temporal.
    order = token_urlsafe(16)
    event = new_event(changed(ORDINARY, sale_id=order), order)
    event_id = await setup.database.write(store_request, event)
    await setup.database.write(mark_dispatched, event_id, f"gumroad:{order}", long_ago)
    async with running(setup) as mintpost:
        (line,) = await mintpost.settled()
    assert line.outcome == "fulfilled"
    assert len(await mintpost.licenses()) == 1


@ON_SQLITE
@pytest.mark.parametrize("ended", ["terminated", "canceled"])
async def test_run_that_a_person_ended_fails_its_row_and_a_reset_takes_it_from_there(
    mailing: Mintpost, postmark: FakePostmark, ended: str
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ORDINARY)
    await mailing.parked()
    # A run that ends before its first task is completed cannot be reset.
    await mailing.pending(ORDER, "email")
    run = mailing.run_of(ORDER)
    await (run.terminate() if ended == "terminated" else run.cancel())
    (event,) = await mailing.settled()
    assert event.outcome == "failed"
    assert event.error == (
        f"a person {ended} its workflow in Temporal; to go on: `mintpost replay gumroad:{ORDER}`"
    )

    postmark.default = ACCEPT
    await reset(mailing.client, run)
    await run.result()
    (event,) = await mailing.events()
    assert (event.outcome, event.error) == ("fulfilled", None)
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


async def test_order_that_temporal_did_and_the_database_forgot_is_done_again(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    await mailing.ping(ORDINARY)
    await mailing.settled()
    await mailing.run_of(ORDER).result()
    await mailing.database.write(reopen, started=True)
    (event,) = await mailing.settled()
    assert event.outcome == "fulfilled"
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_resent_ping_of_a_sale_that_a_restored_database_lacks_runs_anew(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ORDINARY)
    await mailing.parked()
    # The database is an older backup. By production.md, its numbers are not given again.
    await mailing.database.write(forget_everything)
    await mailing.ping(ORDINARY)

    async def minted_anew() -> bool | None:
        return True if await mailing.licenses() else None

    await until(minted_anew, "the event runs anew")
    postmark.default = ACCEPT
    (event,) = await mailing.settled()
    assert event.outcome == "fulfilled"
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


@ON_SQLITE
async def test_row_that_joined_a_failing_run_too_late_is_started_again(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    await mailing.ping(changed(ORDINARY, email="no address"))
    await mailing.settled()
    await mailing.ping(ORDINARY)
    await mailing.settled()

    def strand(session: Session) -> None:
        late = {
            "outcome": None,
            "closed_at": None,
            "dispatched_at": datetime(2026, 9, 1, tzinfo=UTC),
        }
        session.execute(update(EventRow).where(EventRow.outcome == "fulfilled").values(late))
        session.execute(
            update(EventRow).where(EventRow.outcome == "duplicate").values(outcome="failed")
        )

    await mailing.database.write(strand)

    async def settled() -> bool | None:
        events = await mailing.settled()
        return True if events[0].outcome == "fulfilled" else None

    await until(settled, "the late row is fulfilled")
    assert len(postmark.accepted) == 1


@ON_SQLITE
async def test_good_ping_that_joined_an_unreadable_one_is_fulfilled(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.mailer = mailer
    await setup.database.write(
        store_request, new_event(changed(ORDINARY, email="no address"), ORDER)
    )
    await setup.database.write(store_request, new_event(ORDINARY, ORDER))
    async with running(setup) as mailing:
        good, unreadable = await mailing.settled()
    assert good.outcome == "fulfilled"
    assert unreadable.outcome in {"failed", "duplicate"}
    assert len(postmark.accepted) == 1
