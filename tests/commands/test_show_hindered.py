"""`mintpost show` of a sale that a person paused or ended in Temporal."""

import asyncio
import json

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest

from tests.commands.test_show import shown
from tests.support.commanding import SENTENCE, Run, Shop

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
async def test_a_paused_step_is_told_with_the_command_that_lets_it_go_on(
    shop: Shop, mint: Run
) -> None:
    order, client = f"gumroad:{shop.parked}", shop.mintpost.client
    await shop.mintpost.pending(shop.parked, "mint")
    await client.workflow_service.pause_activity(
        PauseActivityRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=order),
            id="mint",
            identity="a person",
        )
    )
    answer = await shown(mint, order, lambda answer: '"paused": true' in answer.out)
    whole = json.loads(answer.out)
    command = f"temporal activity unpause --workflow-id {order} --activity-id mint"
    paused = f", paused in Temporal, until a person lets it go on: `{command}`: {SENTENCE}"
    assert whole["waits_for"].startswith("mint (attempt ")
    assert whole["waits_for"].endswith(paused)
    assert whole["workflow"]["pending"][0]["next_try"] is None
    text = (await asyncio.to_thread(mint, "show", order)).out
    assert paused in text


@ON_SQLITE
async def test_a_workflow_that_a_person_terminated_waits_in_no_step(shop: Shop, mint: Run) -> None:
    order = f"gumroad:{shop.parked}"
    await shop.mintpost.pending(shop.parked, "mint")
    await shop.mintpost.run_of(shop.parked).terminate()
    answer = await shown(mint, order, lambda answer: '"terminated"' in answer.out)
    whole = json.loads(answer.out)
    assert whole["workflow"]["pending"] == []
    assert "next try" not in str(whole["waits_for"])
