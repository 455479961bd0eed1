"""Ask Temporal for the state of an order's workflow."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from kit.runs import RunPausedError, describe, is_paused, trouble
from kit.temporal_outages import temporal_trouble

PATIENCE = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class PendingStep:
    step: str
    attempt: int
    next_try: datetime | None
    sentence: str
    paused: bool = False


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """`status`: Temporal's own in lower case, or the reason why Temporal gave none.

    `trouble`: the reason why a running workflow cannot go on, apart from its steps.
    """

    id: str
    status: str
    pending: list[PendingStep]
    trouble: str | None = None


async def workflow_state(config: ClientConnectConfig, workflow_id: str) -> WorkflowState:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await _state(await Client.connect(**config), workflow_id)
    except (RuntimeError, TimeoutError) as error:
        why = f"{temporal_trouble(error).sentence} (it is {config.get('target_host')})"
        return WorkflowState(workflow_id, f"not known: {why}", [])


async def _state(client: Client, workflow_id: str) -> WorkflowState:
    try:
        found = await describe(client, workflow_id, PATIENCE)
        if found is None:
            return WorkflowState(workflow_id, "not known to Temporal", [])
        running = found.status is WorkflowExecutionStatus.RUNNING
        hindered = await trouble(client, found, PATIENCE) if running else None
    except RunPausedError as paused:
        return WorkflowState(workflow_id, "paused", [], str(paused))
    except RPCError as error:
        return WorkflowState(workflow_id, f"not known: {temporal_trouble(error).sentence}", [])
    status = "unknown" if found.status is None else found.status.name.lower()
    # Temporal still lists pending steps after a person terminated the workflow.
    pending = _pending(found) if running else []
    return WorkflowState(workflow_id, status, pending, hindered)


def _pending(found: WorkflowExecutionDescription) -> list[PendingStep]:
    return [
        PendingStep(
            step=activity.activity_id,
            attempt=activity.attempt,
            next_try=_next_try(activity),
            sentence=activity.last_failure.message,
            paused=is_paused(activity),
        )
        for activity in found.raw_description.pending_activities
    ]


def _next_try(activity: PendingActivityInfo) -> datetime | None:
    if not activity.HasField("scheduled_time") or is_paused(activity):
        return None
    return activity.scheduled_time.ToDatetime(UTC).replace(microsecond=0)
