"""Wake the steps of a workflow, so that Temporal runs them now, before their next try."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import ResetActivityRequest
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.advice import advised
from kit.runs import (
    SCHEDULED,
    RunPausedError,
    describe,
    paused_step_sentence,
    trouble,
)

RPC_PATIENCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Woken:
    """A workflow and its pending steps.

    `sentence`: the result, None before the end. `known`: Temporal has the workflow.
    """

    workflow_id: str
    steps: tuple[str, ...]
    sentence: str | None = None
    known: bool = True


async def wake(client: Client, workflow_id: str) -> Woken:
    """Reset the pending steps. A workflow without pending steps is under way."""
    try:
        found = await describe(client, workflow_id, RPC_PATIENCE)
    except RunPausedError as paused:
        return Woken(workflow_id, (), str(paused))
    if found is None:
        told = f"Temporal does not know it; all that Mintpost knows: {advised('show', workflow_id)}"
        return Woken(workflow_id, (), told, known=False)
    if found.status is not WorkflowExecutionStatus.RUNNING:
        status = "ended" if found.status is None else found.status.name.lower()
        return Woken(workflow_id, (), f"does not wait: it is {status}{_again(found)}")
    steps = tuple(each.activity_id for each in pending_steps(found) if each.state == SCHEDULED)
    await _reset(client, found, steps)
    hindered = await hindrance(client, found)
    return Woken(workflow_id, steps, None if hindered is None else but(steps, hindered))


def _again(found: WorkflowExecutionDescription) -> str:
    """Return the end of a sentence about a run that has ended, with a command for a failed one."""
    if found.status is WorkflowExecutionStatus.COMPLETED:
        return ""
    return f"; to run it again: {advised('replay', found.id)}"


async def hindrance(client: Client, found: WorkflowExecutionDescription) -> str | None:
    return paused_step_sentence(found) or await trouble(client, found, RPC_PATIENCE)


def but(steps: Sequence[str], hindered: str) -> str:
    return f"{', '.join(steps)} woken, but {hindered}" if steps else hindered


def pending_steps(found: WorkflowExecutionDescription) -> Sequence[PendingActivityInfo]:
    return found.raw_description.pending_activities


async def _reset(client: Client, found: WorkflowExecutionDescription, steps: Iterable[str]) -> None:
    for step in steps:
        request = ResetActivityRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=found.id, run_id=found.run_id),
            id=step,
        )
        try:
            await client.workflow_service.reset_activity(request, timeout=RPC_PATIENCE)
        except RPCError as error:
            # The step may have succeeded in the meantime.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
