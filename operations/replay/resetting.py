"""Resets a run in Temporal to its first workflow task, so that each of its steps runs again."""

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import Client, WorkflowExecutionDescription

from operations.waking import RPC_PATIENCE

COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
FIRST_EVENTS = 20
CANCELLATION = ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST


async def first_completed_task(client: Client, run: WorkflowExecutionDescription) -> int | None:
    """Return the event to which the run can be reset; None if no worker ever took it."""
    answer = await client.workflow_service.get_workflow_execution_history(
        GetWorkflowExecutionHistoryRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=run.id, run_id=run.run_id),
            maximum_page_size=FIRST_EVENTS,
        ),
        timeout=RPC_PATIENCE,
    )
    events = answer.history.events
    return next((each.event_id for each in events if each.event_type == COMPLETED), None)


async def reset_run(client: Client, workflow_id: str, run_id: str, task: int, reason: str) -> None:
    """Reset the run. Temporal takes a repeated request of the same id for one."""
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
            reason=reason,
            workflow_task_finish_event_id=task,
            request_id=f"replay-{run_id}",
            # A person canceled the run that ended, and not the one that begins.
            reset_reapply_exclude_types=[CANCELLATION],
        ),
        timeout=RPC_PATIENCE,
    )
