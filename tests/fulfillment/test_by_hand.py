"""A person completes or fails a pending step by hand, and no buyer goes without a license."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from temporalio.api.common.v1 import Payload
from temporalio.client import AsyncActivityHandle
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from activities.email import MailPatience
from db.engine import Database
from db.resends import NewResend, ask_resends
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, Reaction, Request, refuse
from kit.clock import utc_now
from mailers.postmark.service import PostmarkEmailService
from tests.support.histories import keep_history
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.waiting import PATIENCE_SECONDS, until

ORDINARY = recorded("01")
MAPPED = '  - product_id: "new-product=="\n    tier: new\n'
FOREIGN = RawValue(Payload(metadata={"encoding": b"of another world"}, data=b"\x00"))
RESULTS: list[object] = [
    None,
    {},
    "done",
    FOREIGN,
    {"sale_id": 99, "license_id": 99, "delivery_id": 99, "status": "accepted"},
    {"ignored": "refunded", "outcome": "fulfilled", "rows": 1, "status": 7},
]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BROKEN = {
    "parse": "CREATE TRIGGER broken BEFORE INSERT ON sales BEGIN SELECT RAISE(ABORT, ''); END",
    "mint": "CREATE TRIGGER broken BEFORE UPDATE OF minted_at ON sales "
    "BEGIN SELECT RAISE(ABORT, ''); END",
    "close": "CREATE TRIGGER broken BEFORE UPDATE OF outcome ON events "
    "BEGIN SELECT RAISE(ABORT, ''); END",
}


def order_in(mintpost: Mintpost) -> str:
    """Return an order id for this test alone, because Temporal keeps the runs of other tests."""
    return f"by-hand-{mintpost.task_queue}"


def ordinary(mintpost: Mintpost) -> bytes:
    return changed(ORDINARY, sale_id=order_in(mintpost))


def unmapped(mintpost: Mintpost) -> bytes:
    return changed(ordinary(mintpost), product_id="new-product==")


@contextmanager
def broken(database: Database, step: str) -> Iterator[None]:
    database.write_here(lambda session: session.execute(text(BROKEN[step])))
    yield
    database.write_here(lambda session: session.execute(text("DROP TRIGGER broken")))


async def pending_by_hand(mintpost: Mintpost, step: str, workflow_id: str) -> AsyncActivityHandle:
    """Wait until a step is pending. Return the handle that ends the step by hand."""
    await mintpost.pending(workflow_id.partition(":")[2], step)
    return mintpost.client.get_async_activity_handle(
        workflow_id=workflow_id, run_id=None, activity_id=step
    )


async def scheduled(mintpost: Mintpost, order: str, step: str, times: int) -> None:
    async def again() -> bool | None:
        history = await mintpost.run_of(order).fetch_history()
        scheduled = [
            event
            for event in history.events
            if event.activity_task_scheduled_event_attributes.activity_id == step
        ]
        return len(scheduled) == times or None

    await until(again, f"{step} is pending once more")


async def done_once(mintpost: Mintpost, postmark: FakePostmark) -> None:
    (event,) = await mintpost.settled()
    assert (event.outcome, event.error) == ("fulfilled", None)
    (delivery,) = await mintpost.deliveries()
    assert (delivery.status, len(postmark.accepted)) == ("accepted", 1)


@ON_SQLITE
async def test_mint_completed_by_hand_waits_on_for_its_product(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    await mailing.ping(unmapped(mailing))
    for times, result in enumerate(RESULTS, 2):
        hand = await pending_by_hand(mailing, "mint", f"gumroad:{order_in(mailing)}")
        await hand.complete(result)
        await scheduled(mailing, order_in(mailing), "mint", times)
        event = await mailing.parked()
        assert str(event.error).startswith('unmapped product "new-product=="')
    mailing.products.write_text(mailing.products.read_text() + MAPPED)
    await done_once(mailing, postmark)


@ON_SQLITE
@pytest.mark.parametrize("result", RESULTS, ids=str)
async def test_e_mail_completed_by_hand_is_sent_all_the_same(
    mailing: Mintpost, postmark: FakePostmark, result: object
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(ordinary(mailing))
    hand = await pending_by_hand(mailing, "email", f"gumroad:{order_in(mailing)}")
    postmark.default = ACCEPT
    await hand.complete(result)
    await done_once(mailing, postmark)
    await mailing.run_of(order_in(mailing)).result()
    if result is None:
        await keep_history("fulfill_sale.1.completed-by-hand", mailing.run_of(order_in(mailing)))


@ON_SQLITE
@pytest.mark.parametrize("result", RESULTS[::2], ids=str)
@pytest.mark.parametrize("step", ["parse", "close"])
async def test_first_and_last_step_completed_by_hand_are_done_all_the_same(
    mailing: Mintpost, postmark: FakePostmark, step: str, result: object
) -> None:
    with broken(mailing.database, step):
        await mailing.ping(ordinary(mailing))
        hand = await pending_by_hand(mailing, step, f"gumroad:{order_in(mailing)}")
    await hand.complete(result)
    await done_once(mailing, postmark)


@ON_SQLITE
async def test_copy_of_a_sale_completed_by_hand_is_no_duplicate_of_nothing(
    mailing: Mintpost, postmark: FakePostmark
) -> None:
    await mailing.ping(unmapped(mailing))
    await (await pending_by_hand(mailing, "mint", f"gumroad:{order_in(mailing)}")).complete({})
    await scheduled(mailing, order_in(mailing), "mint", 2)
    await mailing.ping(unmapped(mailing))
    await mailing.parked()
    assert {event.outcome for event in await mailing.events()} == {None}
    mailing.products.write_text(mailing.products.read_text() + MAPPED)
    copy, first = await mailing.settled()
    assert (first.outcome, copy.outcome) == ("fulfilled", "duplicate")
    assert len(await mailing.licenses()) == len(postmark.accepted) == 1


@ON_SQLITE
@pytest.mark.parametrize("result", RESULTS[::2], ids=str)
async def test_resend_completed_by_hand_is_sent_all_the_same(
    mailing: Mintpost, postmark: FakePostmark, result: object
) -> None:
    await mailing.ping(ordinary(mailing))
    await mailing.settled()
    postmark.default = refuse(401, 10)
    again = NewResend("gumroad", order_in(mailing), None, "operator", None)
    await mailing.database.write(ask_resends, again, utc_now())
    hand = await pending_by_hand(mailing, "email", f"gumroad:{order_in(mailing)}:resend:1")
    postmark.default = ACCEPT
    await hand.complete(result)

    async def both() -> bool | None:
        statuses = [each.status for each in await mailing.deliveries()]
        return statuses == ["accepted", "accepted"] or None

    await until(both, "both mails are accepted")
    assert len(postmark.accepted) == 2


@ON_SQLITE
async def test_step_failed_by_hand_fails_the_sale_with_the_command_that_goes_on(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.mailer = mailer
    setup.patience = MailPatience(lookup=timedelta(0), visible=timedelta(seconds=60))
    came, let_go = asyncio.Event(), asyncio.Event()

    async def hold(_request: Request) -> None:
        came.set()
        await let_go.wait()

    # Temporal takes a failure by hand only while an attempt is under way.
    postmark.reactions += [refuse(401, 10), Reaction(kept=False, end="close", meanwhile=hold)]
    async with running(setup) as mintpost:
        await mintpost.ping(changed(ORDINARY, sale_id="failed-by-hand"))
        await asyncio.wait_for(came.wait(), PATIENCE_SECONDS)
        hand = mintpost.client.get_async_activity_handle(
            workflow_id="gumroad:failed-by-hand", run_id=None, activity_id="email"
        )
        await hand.fail(ApplicationError("no more", non_retryable=True))
        (event,) = await mintpost.settled()
        let_go.set()
    command = "mintpost replay gumroad:failed-by-hand"
    sentence = f"a person failed its step email in Temporal; to go on: `{command}`"
    assert (event.outcome, event.error) == ("failed", sentence)
