"""A run that a person cancels in Temporal ends as canceled, and its rows tell how to go on."""

from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from db.resends import NewResend, ask_resends
from db.views.lists import EventLine
from fakes.postmark import FakePostmark
from fakes.reactions import refuse
from kit.clock import utc_now
from tests.fulfillment.corrected import MONTHLY
from tests.support.histories import keep_history
from tests.support.lives import days_ago, in_gumroads_form, sold_at
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running, running_worker
from tests.support.temporal import details_of
from tests.support.waiting import until
from workflows.names import SALE_STATE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def canceled(mintpost: Mintpost, workflow_id: str) -> None:
    """Cancel the run, and wait until it has ended as canceled."""
    run = mintpost.client.get_workflow_handle(workflow_id)
    await run.cancel()
    with pytest.raises(WorkflowFailureError):
        await run.result()
    assert (await run.describe()).status is WorkflowExecutionStatus.CANCELED


def sentence(workflow_id: str) -> str:
    return f"a person canceled its workflow in Temporal; to go on: `mintpost replay {workflow_id}`"


async def event_of(mintpost: Mintpost, workflow_id: str) -> EventLine:
    return next(each for each in await mintpost.events() if each.workflow_id == workflow_id)


@pytest.mark.parametrize("step", ["mint", "email"])
async def test_sale_that_waits_is_canceled_at_once(
    mailing: Mintpost, postmark: FakePostmark, order: str, step: str
) -> None:
    postmark.default = refuse(401, 10)
    product = {"product_id": "new-product=="} if step == "mint" else {}
    await mailing.ping(changed(recorded("01"), sale_id=order, **product))
    await mailing.pending(order, step)
    run = mailing.run_of(order)
    await canceled(mailing, run.id)
    event = await event_of(mailing, run.id)
    assert (event.outcome, event.error) == ("failed", sentence(run.id))
    assert (await run.describe()).typed_search_attributes.get(SALE_STATE) == "failed"
    assert str(event.error) in await details_of(run)
    await keep_history(f"fulfill_sale.1.canceled-at-{step}", run)


async def test_sale_that_is_canceled_before_a_worker_took_it_is_failed_by_the_watcher(
    setup: Setup, order: str
) -> None:
    setup.with_worker = False
    async with running(setup) as mintpost:
        await mintpost.ping(changed(recorded("01"), sale_id=order))

        async def started() -> bool | None:
            return (await mintpost.events())[0].workflow_id is not None or None

        await until(started, "the run has started")
        run = mintpost.run_of(order)
        await run.cancel()
        async with running_worker(setup, mintpost.products):
            (event,) = await mintpost.settled()
        assert (event.outcome, event.error) == ("failed", sentence(run.id))


async def test_event_that_waits_for_its_moment_keeps_its_outcome(
    mailing: Mintpost, order: str
) -> None:
    mailing.products.write_text(MONTHLY)
    await mailing.ping(sold_at(recorded("05"), days_ago(5), sale_id=order, subscription_id=order))
    await mailing.settled_and_named()
    at = in_gumroads_form(utc_now() + timedelta(days=9))
    await mailing.ping(changed(recorded("21"), subscription_id=order, effective_as_of=at))
    await mailing.settled_and_named()
    await canceled(mailing, "gumroad:event:2")
    run = mailing.client.get_workflow_handle("gumroad:event:2")
    event = await event_of(mailing, run.id)
    assert (event.outcome, event.error) == ("noted:effective_later", None)
    assert (await run.describe()).typed_search_attributes.get(SALE_STATE) is None
    await keep_history("apply_event.1.canceled-before-its-moment", run)


async def test_resend_that_waits_is_refused_and_leaves_its_sale_alone(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    await mailing.ping(changed(recorded("01"), sale_id=order))
    await mailing.settled_and_named()
    postmark.default = refuse(401, 10)
    asked = NewResend("gumroad", order, None, "operator", None)
    await mailing.database.write(ask_resends, asked, utc_now())
    await mailing.pending(f"{order}:resend:1", "email")
    run = mailing.run_of(f"{order}:resend:1")
    await canceled(mailing, run.id)
    command = f"to ask for it once more: `mintpost resend gumroad:{order}`"
    assert command in await details_of(run)

    async def refused() -> str | None:
        newest = (await mailing.deliveries())[0]
        return newest.error if newest.status == "refused" else None

    told = f"a person canceled its workflow in Temporal; {command}"
    assert await until(refused, "the watcher refuses the delivery") == told
    assert (await event_of(mailing, f"gumroad:{order}")).outcome == "fulfilled"
    await keep_history("resend_license.1.canceled", run)
