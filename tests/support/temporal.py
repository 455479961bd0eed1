"""What a person does in Temporal's Web UI or with its command line."""

from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle

FIRST_COMPLETED_TASK = 4
"""Started, scheduled, started, completed: where `--type FirstWorkflowTask` resets to."""


async def reset(client: Client, handle: WorkflowHandle[Any, Any]) -> None:
    """Reset the latest run as `temporal workflow reset --type FirstWorkflowTask` does."""
    found = await handle.describe()
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=found.run_id),
            reason="a test",
            workflow_task_finish_event_id=FIRST_COMPLETED_TASK,
            request_id=f"reset-{found.run_id}",
        )
    )


async def event_types(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """Return the names of a history's events, without their common prefix."""
    history = await handle.fetch_history()
    return [
        EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events
    ]
