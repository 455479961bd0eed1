"""Acts in Temporal like a person in the Web UI or on the command line."""

from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowHandle

from tests.support.waiting import until

FIRST_COMPLETED_TASK = 4
"""`--type FirstWorkflowTask` resets to this event: started, scheduled, started, completed."""


async def reset(client: Client, handle: WorkflowHandle[Any, Any]) -> None:
    """Reset the latest run, as `temporal workflow reset --type FirstWorkflowTask` does."""

    async def resettable() -> WorkflowExecutionDescription | None:
        # A row may be settled before its workflow task is completed.
        found = await handle.describe()
        return found if found.history_length >= FIRST_COMPLETED_TASK else None

    found = await until(resettable, "the first workflow task is completed")
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


async def details_of(handle: WorkflowHandle[Any, Any]) -> str:
    """Return the current details of a run, as the Web UI asks for them."""
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return str(metadata.current_details)
