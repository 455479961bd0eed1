"""If the tasks of a run fail again and again, its event, `show` and `/readyz` say so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from functools import partial

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest, UnpauseActivityRequest
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.failures import RetryPace
from db.resends import NewResend, ask_resends
from db.tables import EventRow
from db.views.lists import EventLine
from kit.clock import utc_now
from kit.runs import STUCK, untaken_sentence
from operations.retry import retry
from operations.workflow_state import WorkflowState, workflow_state
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running, running_worker
from tests.support.waiting import until
from workflows.steps import ClosedOrder, EventToParse

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
VALUE = "a value that nobody else may read"


@workflow.defn(name="FulfillSale")
class OtherFulfillSale:
    """A version with other steps than the version of the run."""

    @workflow.run
    async def run(self, event: EventToParse) -> ClosedOrder:
        await workflow.sleep(timedelta(days=1))
        return ClosedOrder("fulfilled", event.event_id)


@workflow.defn(name="FulfillSale")
class BrokenFulfillSale:
    @workflow.run
    async def run(self, event: EventToParse) -> ClosedOrder:
        raise ValueError(f"{VALUE}, {event.event_id}")


@workflow.defn(name="ResendLicense")
class BrokenResendLicense:
    @workflow.run
    async def run(self, resend: EventToParse) -> ClosedOrder:
        raise ValueError(resend.event_id)


@asynccontextmanager
async def worker_of(mintpost: Mintpost, *workflows: type) -> AsyncIterator[None]:
    runner = UnsandboxedWorkflowRunner()
    async with Worker(
        mintpost.client,
        task_queue=mintpost.task_queue,
        workflows=workflows,
        workflow_runner=runner,
    ):
        yield


def sale_in(mintpost: Mintpost, **fields: str) -> bytes:
    return changed(recorded("01"), sale_id=order_in(mintpost), **fields)


def order_in(mintpost: Mintpost) -> str:
    return f"stuck-{mintpost.task_queue}"


async def stuck(mintpost: Mintpost) -> EventLine:
    async def told() -> EventLine | None:
        event = (await mintpost.events())[0]
        return event if "fails again and again" in str(event.error) else None

    return await until(told, "the row tells that its run is stuck")


async def shown(mintpost: Mintpost) -> WorkflowState:
    address = mintpost.client.service_client.config.target_host
    return await workflow_state({"target_host": address}, f"gumroad:{order_in(mintpost)}")


async def warnings(mintpost: Mintpost) -> object:
    answer = await mintpost.http.get(f"{mintpost.url}/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    return answer.json()["warnings"]


ONE_STUCK = (
    "1 of the workflows cannot go on, as their tasks fail: "
    "see `mintpost events --status parked` or `mintpost deliveries --status pending`"
)


async def test_run_that_another_version_began_is_told(
    setup: Setup,
) -> None:
    setup.with_worker = False
    async with running(setup) as mintpost:
        async with running_worker(setup, mintpost.products):
            await mintpost.ping(sale_in(mintpost, product_id="new-product=="))
            await mintpost.pending(order_in(mintpost), "mint")
            assert await warnings(mintpost) == []
        async with worker_of(mintpost, OtherFulfillSale):
            run = mintpost.run_of(order_in(mintpost))
            await mintpost.client.get_async_activity_handle(
                workflow_id=run.id, run_id=None, activity_id="mint"
            ).complete({})
            event = await stuck(mintpost)
            why = "NonDeterministicError: a worker of another version began it, so start that one"
            reset = f"temporal workflow reset --workflow-id {run.id} --type FirstWorkflowTask"
            sentence = (
                f"its workflow task fails again and again ({why}); "
                f"to begin anew with this version: `{reset} --reason stuck`"
            )
            assert (event.outcome, event.error) == (None, sentence)
            assert (await shown(mintpost)).trouble == sentence
            assert await warnings(mintpost) == [ONE_STUCK]
            (woken,) = await retry(setup.client, setup.database, [run.id], timedelta(minutes=1))
            assert (woken.steps, woken.sentence) == ((), sentence)
            await run.terminate()


async def test_run_that_goes_on_is_told_no_more(setup: Setup) -> None:
    setup.pace = RetryPace(operator=timedelta(days=1))
    async with running(setup) as mintpost:
        await mintpost.ping(sale_in(mintpost, product_id="new-product=="))
        waits = await mintpost.pending(order_in(mintpost), "mint")

        def as_before(session: Session) -> None:
            session.execute(update(EventRow).values(error=f"{STUCK} (ValueError)"))

        await setup.database.write(as_before)

        async def told() -> bool | None:
            return (await mintpost.events())[0].error == waits or None

        await until(told, "the row tells what its step waits for")
        assert (await shown(mintpost)).trouble is None
        assert await warnings(mintpost) == []
        await mintpost.run_of(order_in(mintpost)).terminate()


async def test_step_that_a_person_paused_is_told_until_it_goes_on(setup: Setup) -> None:
    setup.pace = RetryPace(operator=timedelta(days=1))
    async with running(setup) as mintpost:
        await mintpost.ping(sale_in(mintpost, product_id="new-product=="))
        waits = await mintpost.pending(order_in(mintpost), "mint")
        run = WorkflowExecution(workflow_id=mintpost.run_of(order_in(mintpost)).id)
        space, service = setup.client.namespace, setup.client.workflow_service
        await service.pause_activity(
            PauseActivityRequest(namespace=space, execution=run, id="mint")
        )

        async def told(words: str) -> bool | None:
            return str((await mintpost.events())[0].error).startswith(words) or None

        await until(partial(told, "mint is paused in Temporal"), "the row tells of the pause")
        await service.unpause_activity(
            UnpauseActivityRequest(namespace=space, execution=run, id="mint")
        )
        await until(partial(told, waits), "the row tells what its step waits for")
        await mintpost.run_of(order_in(mintpost)).terminate()


async def test_error_of_the_code_is_told_by_its_class_alone(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as mintpost, worker_of(mintpost, BrokenFulfillSale):
        await mintpost.ping(sale_in(mintpost))
        event = await stuck(mintpost)
        assert "(ValueError: see the worker's log)" in str(event.error)
        assert VALUE not in str(event.error)
        await mintpost.run_of(order_in(mintpost)).terminate()


async def test_resend_that_is_stuck_is_told_on_its_delivery(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as mintpost:
        async with running_worker(setup, mintpost.products):
            await mintpost.ping(sale_in(mintpost))
            await mintpost.settled()
            await mintpost.run_of(order_in(mintpost)).result()
        async with worker_of(mintpost, BrokenResendLicense):
            asked = NewResend("gumroad", order_in(mintpost), None, "operator", None)
            await setup.database.write(ask_resends, asked, utc_now())

            async def told() -> bool | None:
                newest = (await mintpost.deliveries())[0]
                return "fails again and again" in str(newest.error) or None

            await until(told, "the delivery tells it")
            assert await warnings(mintpost) == [ONE_STUCK]
            await mintpost.run_of(f"{order_in(mintpost)}:resend:1").terminate()


async def test_run_that_nobody_works_on_says_so(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as mintpost:
        await mintpost.ping(sale_in(mintpost))

        async def told() -> bool | None:
            return (await shown(mintpost)).trouble is not None or None

        await until(told, "show misses a worker")
        assert (await shown(mintpost)).trouble == (
            f"no worker polls the queue {setup.task_queue}: start it with `python worker.py`"
        )
        await mintpost.run_of(order_in(mintpost)).terminate()


async def test_task_that_nobody_takes_tells_of_a_dead_worker_first(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as mintpost:
        async with running_worker(setup, mintpost.products):
            await mintpost.ping(sale_in(mintpost, product_id="new-product=="))
            await mintpost.pending(order_in(mintpost), "mint")
        found = await mintpost.run_of(order_in(mintpost)).describe()
        (step,) = found.raw_description.pending_activities
        due = step.scheduled_time.ToDatetime(UTC)
        assert untaken_sentence(found, due + timedelta(seconds=14)) is None
        assert untaken_sentence(found, due + timedelta(seconds=16)) == (
            "no worker took its task within 15 s; is one running? start it with `python worker.py`"
        )
        await mintpost.run_of(order_in(mintpost)).terminate()
