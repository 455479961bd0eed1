"""Findings about Temporal's schedules: the last run failed, or a failure paused the schedule."""

from collections.abc import AsyncIterator
from datetime import timedelta
from shlex import quote

from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleListDescription,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError

from domain.findings import Finding, Level
from domain.text import one_line

MOST = 50
PATIENCE = timedelta(seconds=2)
FAILED = {
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.TIMED_OUT: "timed out",
    WorkflowExecutionStatus.TERMINATED: "was terminated",
}
PAUSED_BY_FAILURE = "failure"
"""Temporal's own note of such a pause: "paused due to workflow failure"."""


async def schedule_findings(client: Client, patience: timedelta = PATIENCE) -> list[Finding]:
    """Look at the first schedules of the namespace; nothing when Temporal does not answer."""
    try:
        return [finding async for finding in _findings(client, patience)]
    except (RPCError, RuntimeError):
        return []  # The caller reports separately that Temporal is away.


async def _findings(client: Client, patience: timedelta) -> AsyncIterator[Finding]:
    seen = 0
    async for schedule in await client.list_schedules(page_size=MOST, rpc_timeout=patience):
        if (what := await _trouble(client, schedule, patience)) is not None:
            yield _finding(schedule.id, what)
        seen += 1
        if seen == MOST:
            return


async def _trouble(
    client: Client, schedule: ScheduleListDescription, patience: timedelta
) -> str | None:
    state = None if schedule.schedule is None else schedule.schedule.state
    if state is not None and state.paused and PAUSED_BY_FAILURE in (state.note or ""):
        return "is paused, because its run failed"
    actions = [] if schedule.info is None else list(schedule.info.recent_actions)
    last = actions[-1].action if actions else None
    if not isinstance(last, ScheduleActionExecutionStartWorkflow):
        return None
    run = client.get_workflow_handle(last.workflow_id, first_execution_run_id=None)
    ended = FAILED.get((await run.describe(rpc_timeout=patience)).status)  # type: ignore[arg-type]
    return None if ended is None else f"ran last as {last.workflow_id}, and that {ended}"


def _finding(schedule_id: str, what: str) -> Finding:
    named = one_line(schedule_id)
    return Finding(
        cause=f"schedule:{named}",
        level=Level.BROKEN,
        sentence=f"schedule: {named} {one_line(what)}",
        remedy=f"temporal schedule describe --schedule-id {quote(schedule_id)}",
    )
