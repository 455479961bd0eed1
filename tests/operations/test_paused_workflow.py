"""A whole workflow that a person paused in Temporal, which a development server has to allow."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import PauseWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus

from db.engine import Database
from operations.retry import retry
from operations.workflow_state import workflow_state
from relay.watcher import Watcher
from tests.support.temporal_server import running_temporal

ALLOWED = "--dynamic-config-value=frontend.WorkflowPauseEnabled=true"
PAUSED = (
    "its workflow is paused in Temporal, until a person lets it go on: "
    "`temporal workflow unpause --workflow-id gumroad:paused`"
)


@pytest.fixture
async def pausing(tmp_path: Path) -> AsyncIterator[Client]:
    async with running_temporal(tmp_path, ALLOWED) as client:
        yield client


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_paused_workflow_is_told_and_waited_for_by_nobody(
    pausing: Client, database: Database
) -> None:
    run = await pausing.start_workflow("FulfillSale", id="gumroad:paused", task_queue="nobody")
    await pausing.workflow_service.pause_workflow_execution(
        PauseWorkflowExecutionRequest(namespace=pausing.namespace, workflow_id=run.id)
    )
    address = pausing.service_client.config.target_host
    state = await workflow_state({"target_host": address}, run.id)
    assert (state.status, state.trouble) == ("paused", PAUSED)
    async with asyncio.timeout(20):
        (woken,) = await retry(pausing, database, [run.id], timedelta(minutes=1))
    assert (woken.steps, woken.sentence) == ((), PAUSED)
    status = await Watcher(database, pausing).status_of(run.id)
    assert status is WorkflowExecutionStatus.RUNNING
