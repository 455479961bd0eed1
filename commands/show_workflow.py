"""What Temporal knows of an order's workflow, as `mintpost show` tells it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, timedelta

from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from commands.tables import iso
from domain.temporal_outages import is_namespace_missing, temporal_trouble

PATIENCE = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class PendingStep:
    step: str
    attempt: int
    next_try: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """`status` as Temporal has it in lower case, or why it cannot be told."""

    id: str
    status: str
    pending: list[PendingStep]


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
        found = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=PATIENCE)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND and not is_namespace_missing(error):
            return WorkflowState(workflow_id, "not known to Temporal", [])
        return WorkflowState(workflow_id, f"not known: {temporal_trouble(error).sentence}", [])
    status = "unknown" if found.status is None else found.status.name.lower()
    return WorkflowState(workflow_id, status, _pending(found))


def _pending(found: WorkflowExecutionDescription) -> list[PendingStep]:
    return [
        PendingStep(
            step=activity.activity_id,
            attempt=activity.attempt,
            next_try=_next_try(activity),
            sentence=activity.last_failure.message,
        )
        for activity in found.raw_description.pending_activities
    ]


def _next_try(activity: PendingActivityInfo) -> str | None:
    if not activity.HasField("scheduled_time"):
        return None
    return iso(activity.scheduled_time.ToDatetime(UTC).replace(microsecond=0))
