"""`mintpost replay` runs again what failed, and leaves alone what did not."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from db.dispatching import mark_dispatched
from db.orders import fail_order
from db.requests import store_request
from db.resends import NewResend, ask_resends
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from kit.clock import utc_now
from operations.replay.plans import Way, plan_failed
from operations.replay.replaying import Replay
from tests.support.commanding import Answer, Run
from tests.support.pings import changed, new_event, recorded
from tests.support.running import Mintpost
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
REFUSED = refuse(422, 406)
MAPPED = '  - product_id: "new-product=="\n    tier: new\n'
Command = Callable[..., Awaitable[Answer]]


@pytest.fixture
def replay(mailing: Mintpost, mint: Run, clean: pytest.MonkeyPatch) -> Command:
    """Run `mintpost replay` against the stack of the test."""
    url = mailing.database.engine.url.render_as_string(hide_password=False)
    clean.setenv("DATABASE_URL", url)
    clean.setenv("TEMPORAL_ADDRESS", mailing.client.service_client.config.target_host)

    async def run(*words: str) -> Answer:
        return await asyncio.to_thread(mint, "replay", *words, "--patience", "60")

    return run


async def sell(mintpost: Mintpost, order: str, **fields: str) -> str:
    """Sell until the sale has an outcome or waits; return its workflow's id."""
    await mintpost.ping(changed(recorded("01"), sale_id=order, **fields))

    async def told() -> bool | None:
        (event,) = await mintpost.events(order)
        return (event.outcome or event.error) is not None or None

    await until(told, "the sale ended or waits")
    return f"gumroad:{order}"


async def ended(mintpost: Mintpost, workflow_id: str) -> None:
    try:
        await mintpost.client.get_workflow_handle(workflow_id).result()
    except WorkflowFailureError:
        return


async def test_failed_sale_is_reset_once_its_cause_is_gone(
    mailing: Mintpost, postmark: FakePostmark, replay: Command, order: str
) -> None:
    postmark.default = REFUSED
    sale = await sell(mailing, order)
    (failed,) = await mailing.settled_and_named()
    await ended(mailing, sale)
    planned = await replay(sale, "--dry-run")
    assert planned.out == (
        f"{sale}  would reset its latest run, which is failed; it failed: {failed.error}\n"
    )
    assert (await mailing.events(order)) == [failed]

    again = await replay(sale)
    assert (again.code, again.out) == (1, f"{sale}  failed again: {failed.error}\n")
    postmark.default = ACCEPT
    told = await replay(sale, "--json")
    assert told.code == 0
    assert json.loads(told.out) == [
        {"workflow_id": sale, "does": "reset", "outcome": "fulfilled", "sentence": "fulfilled"}
    ]
    assert len(postmark.accepted) == len(await mailing.licenses()) == 1

    done = await replay(sale)
    assert done.code == 1
    assert done.out == (
        f"{sale}  did not fail, it ended as fulfilled; another mail: `mintpost resend {sale}`; "
        f"to run it all the same: `mintpost replay {sale} --settled`\n"
    )
    settled = await replay(sale, "--settled")
    assert (settled.code, settled.out) == (0, f"{sale}  fulfilled\n")
    assert len(postmark.accepted) == len(await mailing.licenses()) == 1


async def test_failed_sale_that_temporal_does_not_know_starts_afresh(
    mailing: Mintpost, postmark: FakePostmark, replay: Command, order: str
) -> None:
    sale = f"gumroad:{order}"

    def fail(session: Session) -> None:
        """Fail a sale as long ago as Temporal keeps no run."""
        event = store_request(session, new_event(changed(recorded("01"), sale_id=order), order))
        mark_dispatched(session, event, sale, LONG_AGO)
        fail_order(session, event, "a person terminated its workflow", LONG_AGO)

    await mailing.database.write(fail)
    planned = await replay("--all", "--dry-run")
    why = "Temporal does not know it any more"
    assert planned.out.startswith(f"{sale}  would start it afresh, because {why}; it failed: ")
    assert (await replay(sale)).out == f"{sale}  fulfilled\n"
    assert len(postmark.accepted) == len(await mailing.licenses()) == 1


async def test_sale_that_waits_or_that_nobody_knows_is_refused(
    mailing: Mintpost, replay: Command, order: str
) -> None:
    sale = await sell(mailing, order, product_id="new-product==")
    told = await replay(sale, "gumroad:nothing")
    assert told.code == 1
    waits, unknown = told.out.splitlines()
    assert waits.startswith(f"{sale}  did not fail: it waits, and goes on by itself: unmapped")
    assert waits.endswith(f"; to wake it now: `mintpost retry {sale}`")
    assert unknown == (
        "gumroad:nothing  no event has this name; to look for it: `mintpost find nothing`"
    )


async def test_sales_that_a_person_ended_go_on(
    mailing: Mintpost, replay: Command, order: str
) -> None:
    sales = [
        await sell(mailing, f"{end}-{order}", product_id="new-product==")
        for end in ("canceled", "terminated")
    ]
    for sale in sales:
        # A run that ends before its first task is completed cannot be reset: it starts afresh.
        await mailing.pending(sale.removeprefix("gumroad:"), "mint")
    runs = [mailing.client.get_workflow_handle(each) for each in sales]
    await runs[0].cancel()
    await runs[1].terminate()
    await mailing.settled()
    await ended(mailing, sales[0])
    mailing.products.write_text(mailing.products.read_text() + MAPPED)

    refused = await replay("--all")
    assert refused.code == 1
    assert "only --yes counts" in refused.err
    nothing = await replay("--all", "--where", "no such words", "--yes")
    assert nothing.code == 0
    assert nothing.out.startswith("nothing that failed has these words in its sentence")

    # Two people at once, each with the same plans.
    plans = await plan_failed(mailing.client, mailing.database, "a person")
    both = [Replay(mailing.client, mailing.database, who) for who in ("ada", "bob")]
    told = await asyncio.gather(*(each.do(plans, timedelta(minutes=1)) for each in both))
    results = [(each.does, each.outcome) for done in told for each in done]
    # The watcher of a slow machine may fail a row once more before its reset, for both to mend.
    assert set(results) <= {(Way.NONE, None), (Way.RESET, "fulfilled")}
    assert results.count((Way.RESET, "fulfilled")) >= len(sales)
    assert {event.outcome for event in await mailing.events()} == {"fulfilled"}
    assert len(await mailing.licenses()) == len(await mailing.deliveries()) == 2


async def ask_once_more(mintpost: Mintpost, order: str, status: str) -> None:
    """Ask for another mail, and wait until it has the status."""
    asked = NewResend("gumroad", order, None, "operator", None)
    (delivery,) = await mintpost.database.write(ask_resends, asked, utc_now())

    async def told() -> bool | None:
        newest = (await mintpost.deliveries())[0]
        return (newest.id == delivery and newest.status == status) or None

    await until(told, f"the resend is {status}")


async def test_refused_resend_is_sent_once_its_cause_is_gone(
    mailing: Mintpost, postmark: FakePostmark, replay: Command, order: str
) -> None:
    await sell(mailing, order)
    resend = f"gumroad:{order}:resend:1"
    postmark.default = REFUSED
    await ask_once_more(mailing, order, "refused")
    await ended(mailing, resend)
    postmark.default = ACCEPT
    told = await replay("--all", "--yes")
    assert (told.code, told.out) == (0, f"{resend}  accepted\n")
    assert [each.status for each in await mailing.deliveries()] == ["accepted", "accepted"]
    run = await mailing.client.get_workflow_handle(resend).describe()
    assert run.status is WorkflowExecutionStatus.COMPLETED
    assert "its mail is accepted" in (await replay(resend)).out

    # A buyer who has a later mail needs no replay of an earlier one.
    postmark.default = REFUSED
    await ask_once_more(mailing, order, "refused")
    postmark.default = ACCEPT
    await ask_once_more(mailing, order, "accepted")
    assert (await replay("--all", "--yes")).out == "nothing has failed\n"
