"""`retry` tells what keeps a sale from going on beside its step, and lets nothing hold it up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from time import monotonic

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest

from activities.email import MailPatience
from activities.failures import RetryPace
from fakes.postmark import FakePostmark
from fakes.reactions import Reaction, Request, refuse
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService
from operations.following import Following
from operations.retry import parked_workflows, retry
from operations.waking import Woken
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running, running_worker
from tests.support.waiting import PATIENCE_SECONDS, until

NEVER = RetryPace(operator=timedelta(days=1))
LONG = timedelta(seconds=20)
MAPPED = '  - product_id: "new-product=="\n    tier: new\n'

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def park(mintpost: Mintpost, name: str) -> str:
    """Park a sale of an unmapped product at mint; return its workflow's id."""
    order = f"{name}-{mintpost.task_queue}"
    body = changed(recorded("01"), sale_id=order, product_id="new-product==")
    await mintpost.ping(body)
    await mintpost.pending(order, "mint")
    return f"gumroad:{order}"


async def pause(mintpost: Mintpost, workflow_id: str) -> None:
    await mintpost.client.workflow_service.pause_activity(
        PauseActivityRequest(
            namespace=mintpost.client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
            id="mint",
            identity="a person",
        )
    )


@asynccontextmanager
async def mailing(setup: Setup, postmark: FakePostmark) -> AsyncIterator[Mintpost]:
    account = PostmarkAccount(
        postmark.token, "Lumen <hello@lumenapp.example>", api_url=postmark.url
    )
    setup.pace = NEVER
    async with aclosing(PostmarkEmailService(account)) as service:
        setup.mailer = service
        async with running(setup) as mintpost:
            yield mintpost


@pytest.fixture
async def postmark() -> AsyncIterator[FakePostmark]:
    async with FakePostmark() as fake:
        yield fake


def map_product(mintpost: Mintpost) -> None:
    mintpost.products.write_text(mintpost.products.read_text() + MAPPED)


async def test_paused_step_is_told_and_holds_up_no_other(setup: Setup) -> None:
    setup.pace = NEVER
    async with running(setup) as mintpost:
        first, second = await park(mintpost, "paused"), await park(mintpost, "waiting")
        await pause(mintpost, first)
        map_product(mintpost)
        began = monotonic()
        ids = await parked_workflows(setup.database, None)
        paused, woken = await retry(setup.client, setup.database, ids, LONG)
        assert monotonic() - began < LONG.total_seconds()
        assert (paused.workflow_id, paused.steps) == (first, ())
        assert paused.sentence == (
            "mint is paused in Temporal, until a person lets it go on: "
            f"`temporal activity unpause --workflow-id {first} --activity-id mint`"
        )
        assert (woken.workflow_id, woken.sentence) == (second, "fulfilled")
        await mintpost.run_of(first.partition(":")[2]).terminate()


async def test_step_under_way_takes_no_time_from_the_others(
    setup: Setup, postmark: FakePostmark
) -> None:
    came, let_go = asyncio.Event(), asyncio.Event()

    async def hold(_request: Request) -> None:
        came.set()
        await let_go.wait()

    postmark.reactions += [refuse(401, 10), Reaction(kept=False, end="close", meanwhile=hold)]
    setup.patience = MailPatience(lookup=timedelta(0), visible=timedelta(seconds=60))
    async with mailing(setup, postmark) as mintpost:
        order = f"under-way-{mintpost.task_queue}"
        await mintpost.ping(changed(recorded("01"), sale_id=order))
        await asyncio.wait_for(came.wait(), PATIENCE_SECONDS)
        second = await park(mintpost, "waiting")
        map_product(mintpost)
        ids = [f"gumroad:{order}", second]
        retrying = asyncio.create_task(
            retry(setup.client, setup.database, ids, timedelta(seconds=2 * PATIENCE_SECONDS))
        )

        async def fulfilled() -> bool | None:
            return (await mintpost.events())[0].outcome == "fulfilled" or None

        await until(fulfilled, "the second sale is fulfilled while the first is under way")
        assert not retrying.done()
        retrying.cancel()
        let_go.set()
        await mintpost.run_of(order).terminate()


async def test_step_that_went_through_is_not_called_parked(
    setup: Setup, postmark: FakePostmark
) -> None:
    postmark.default = refuse(401, 10)
    async with mailing(setup, postmark) as mintpost:
        workflow_id = await park(mintpost, "went-through")
        map_product(mintpost)
        await retry(setup.client, setup.database, [workflow_id], timedelta(0))
        await mintpost.pending(workflow_id.partition(":")[2], "email")
        late = Following(setup.client, setup.database, timedelta(0), 0, asyncio.Semaphore())
        told = await late.still_open(Woken(workflow_id, ("mint",)))
        assert told.startswith("mint woken, and email waits: Postmark refused the token")
        await mintpost.run_of(workflow_id.partition(":")[2]).terminate()


async def test_without_a_worker_says_so_at_once(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as mintpost:
        order = f"nobody-{mintpost.task_queue}"
        await mintpost.ping(changed(recorded("01"), sale_id=order))

        async def started() -> bool | None:
            return (await mintpost.events())[0].workflow_id is not None or None

        await until(started, "the workflow is started")
        began = monotonic()
        (woken,) = await retry(setup.client, setup.database, [f"gumroad:{order}"], LONG)
        assert monotonic() - began < LONG.total_seconds()
        assert woken.sentence == (
            f"no worker polls the queue {setup.task_queue}: start it with `python worker.py`"
        )
        await mintpost.run_of(order).terminate()


async def test_worker_that_died_a_moment_ago_is_missed(setup: Setup) -> None:
    setup.pace, setup.with_worker = NEVER, False
    async with running(setup) as mintpost:
        async with running_worker(setup, mintpost.products):
            workflow_id = await park(mintpost, "died")
        (woken,) = await retry(setup.client, setup.database, [workflow_id], timedelta(seconds=3.5))
        assert woken.steps == ("mint",)
        assert woken.sentence.startswith("mint woken, ")
        assert woken.sentence.endswith("start it with `python worker.py`")
        await mintpost.run_of(workflow_id.partition(":")[2]).terminate()
