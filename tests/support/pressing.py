"""Presses the buttons of Temporal's Web UI on a run and on its pending step."""

from collections.abc import Awaitable, Callable
from functools import partial

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    PauseActivityRequest,
    ResetActivityRequest,
    UnpauseActivityRequest,
)
from temporalio.client import Client

from tests.support.temporal import reset

STEP = "mint"


async def _reset(client: Client, workflow_id: str) -> None:
    await reset(client, client.get_workflow_handle(workflow_id))


async def _cancel(client: Client, workflow_id: str) -> None:
    await client.get_workflow_handle(workflow_id).cancel()


async def _terminate(client: Client, workflow_id: str) -> None:
    await client.get_workflow_handle(workflow_id).terminate()


async def _delete(client: Client, workflow_id: str) -> None:
    run = WorkflowExecution(workflow_id=workflow_id)
    await client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=run)
    )


async def _step(
    request: type[ResetActivityRequest | PauseActivityRequest | UnpauseActivityRequest],
    client: Client,
    workflow_id: str,
) -> None:
    asked = request(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id), id=STEP
    )
    match asked:
        case ResetActivityRequest():
            await client.workflow_service.reset_activity(asked)
        case PauseActivityRequest():
            await client.workflow_service.pause_activity(asked)
        case UnpauseActivityRequest():
            await client.workflow_service.unpause_activity(asked)


BUTTONS: dict[str, Callable[[Client, str], Awaitable[None]]] = {
    "reset": _reset,
    "cancel": _cancel,
    "terminate": _terminate,
    "delete": _delete,
    "step-reset": partial(_step, ResetActivityRequest),
    "pause": partial(_step, PauseActivityRequest),
    "unpause": partial(_step, UnpauseActivityRequest),
}


async def press(client: Client, workflow_id: str, button: str) -> None:
    """Press the button. Raises RPCError if Temporal refuses it."""
    await BUTTONS[button](client, workflow_id)
