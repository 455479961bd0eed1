"""Findings about real schedules of a real Temporal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from temporalio import workflow
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleHandle,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.findings import Finding
from operations.alerts.schedules import schedule_findings
from tests.support.outages import connect_to_nothing
from tests.support.waiting import until


@workflow.defn
class Fails:
    @workflow.run
    async def run(self) -> None:
        raise ApplicationError("in vain", non_retryable=True)


@workflow.defn
class Works:
    @workflow.run
    async def run(self) -> None:
        return


@asynccontextmanager
async def scheduled(
    client: Client, work: type[Fails] | type[Works], *, pauses: bool = False
) -> AsyncIterator[ScheduleHandle]:
    """Start the workflow by a schedule, once."""
    name = f"schedule-{uuid4()}"
    action = ScheduleActionStartWorkflow(work.run, id=f"{name}-run", task_queue=name)
    plan = Schedule(action, ScheduleSpec(), SchedulePolicy(pause_on_failure=pauses))
    handle = await client.create_schedule(name, plan)
    worker = Worker(
        client,
        task_queue=name,
        workflows=[Fails, Works],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        await handle.trigger()
        yield handle
    await handle.delete()


async def found(client: Client, handle: ScheduleHandle) -> Finding:
    async def told() -> Finding | None:
        named = f"schedule:{handle.id}"
        return next((e for e in await schedule_findings(client) if e.cause == named), None)

    return await until(told, "the schedule is found")


async def test_a_schedule_whose_last_run_failed_is_found(client: Client) -> None:
    async with scheduled(client, Fails) as handle:
        finding = await found(client, handle)
    assert "and that failed" in finding.sentence
    assert finding.remedy == f"temporal schedule describe --schedule-id {handle.id}"


async def test_a_schedule_that_its_failure_paused_is_found(client: Client) -> None:
    async with scheduled(client, Fails, pauses=True) as handle:

        async def paused() -> bool | None:
            await handle.describe()  # Has the schedule look at its run now.
            told = (await found(client, handle)).sentence
            return told.endswith("is paused, because its run failed") or None

        await until(paused, "the schedule is paused")


async def test_a_schedule_that_works_is_no_finding(client: Client) -> None:
    async with scheduled(client, Works) as handle:

        async def ran() -> bool | None:
            return bool((await handle.describe()).info.recent_actions) or None

        await until(ran, "the schedule has run")
        causes = [each.cause for each in await schedule_findings(client)]
    assert f"schedule:{handle.id}" not in causes


async def test_a_temporal_that_is_away_has_no_schedules() -> None:
    assert await schedule_findings(await connect_to_nothing(), timedelta(milliseconds=200)) == []
