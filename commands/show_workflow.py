"""What Temporal knows of an order's workflow, as `mintpost show` tells it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, timedelta

from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from commands.tables import iso
from kit.runs import RunPausedError, describe, is_paused, trouble
from kit.temporal_outages import temporal_trouble

PATIENCE = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class PendingStep:
    step: str
    attempt: int
    next_try: str | None
    sentence: str
    paused: bool = False


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """`status` as Temporal has it in lower case, or why it cannot be told.

    `trouble` is why a workflow that runs cannot go on, whatever its step waits for.
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
        at, trouble = config.get("target_host"), temporal_trouble(error)
        why = trouble.sentence if trouble.refused else f"Temporal cannot be reached at {at}"
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
    # Temporal goes on naming the steps in which a person ended it.
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


def _next_try(activity: PendingActivityInfo) -> str | None:
    if not activity.HasField("scheduled_time") or is_paused(activity):
        return None
    return iso(activity.scheduled_time.ToDatetime(UTC).replace(microsecond=0))
