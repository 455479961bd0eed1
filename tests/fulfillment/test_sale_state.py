"""Temporal's Web UI tells of a run that waits or failed, and its list can filter such runs."""

import json
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import RemoveSearchAttributesRequest
from temporalio.client import WorkflowHandle

from activities.state import State
from db.engine import Database
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT, refuse
from kit.search_attributes import register_attributes
from licensing.signing import Signer
from tests.support.histories import keep_history
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.temporal import details_of, event_types, reset
from tests.support.temporal_server import running_temporal
from tests.support.waiting import until
from workflows.names import SALE_STATE
from workflows.steps import AskedState

MAPPED = '  - product_id: "new-product=="\n    tier: new\n'
PATCHES = 2
"""Temporal records the versions of a run's code as search attributes of its own."""

Run = WorkflowHandle[object, object]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def state_of(run: Run) -> str | None:
    return (await run.describe()).typed_search_attributes.get(SALE_STATE)


async def shows(run: Run, state: str | None) -> None:
    async def shown() -> bool | None:
        return await state_of(run) == state or None

    await until(shown, f"Temporal shows {state}")


async def test_sale_is_parked_while_it_waits_and_has_no_state_afterwards(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = refuse(401, 10)
    await mailing.ping(changed(recorded("01"), sale_id=order, product_id="new-product=="))
    run = mailing.run_of(order)
    sentence = await mailing.pending(order, "mint")
    await shows(run, "parked")
    assert f"**mint waits**, and goes on by itself once the cause is gone: `{sentence}" in (
        await details_of(run)
    )
    query = f'{SALE_STATE.name}="parked" AND TaskQueue="{mailing.task_queue}"'

    async def listed() -> list[str] | None:
        return [found.id async for found in mailing.client.list_workflows(query)] or None

    assert await until(listed, "the list has it") == [run.id]
    mailing.products.write_text(mailing.products.read_text() + MAPPED)
    await mailing.pending(order, "email")
    await shows(run, "parked")
    postmark.default = ACCEPT
    await run.result()
    assert await state_of(run) is None
    assert "waits" not in await details_of(run)
    await keep_history("fulfill_sale.1.shown-as-parked", run)


async def test_failed_sale_shows_its_sentence_and_no_trace_until_it_is_reset(
    mailing: Mintpost, postmark: FakePostmark, order: str
) -> None:
    postmark.default = refuse(422, 406)
    await mailing.ping(changed(recorded("01"), sale_id=order))
    (event,) = await mailing.settled()
    run = mailing.run_of(order)
    await shows(run, "failed")
    assert str(event.error) in await details_of(run)
    history = json.loads((await run.fetch_history()).to_json())
    assert history["events"][-1]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_FAILED"
    assert traces_in(history) == []
    await keep_history("fulfill_sale.1.shown-as-failed", run)

    postmark.default = ACCEPT
    await reset(mailing.client, run)
    again = mailing.run_of(order)
    await again.result()
    assert await state_of(again) is None


async def test_pending_step_has_its_sentence_without_a_trace(
    mintpost: Mintpost, order: str
) -> None:
    await mintpost.ping(changed(recorded("01"), sale_id=order, product_id="new-product=="))
    await mintpost.pending(order, "mint")
    (step,) = (await mintpost.run_of(order).describe()).raw_description.pending_activities
    assert step.last_failure.stack_trace == ""
    assert step.last_failure.message.startswith("unmapped product")


async def test_sale_waits_without_a_state_where_the_attribute_is_not_registered(
    database: Database, signer: Signer, tmp_path: Path, order: str
) -> None:
    async with running_temporal(tmp_path) as client:
        await client.operator_service.remove_search_attributes(
            RemoveSearchAttributesRequest(
                namespace=client.namespace, search_attributes=[SALE_STATE.name]
            )
        )
        async with running(Setup(database, client, "no-state", tmp_path, signer)) as mintpost:
            await mintpost.ping(changed(recorded("01"), sale_id=order, product_id="new-product=="))
            await mintpost.pending(order, "mint")
            mintpost.products.write_text(mintpost.products.read_text() + MAPPED)
            (event,) = await mintpost.settled()
            assert event.outcome == "fulfilled"
            await mintpost.run_of(order).result()
            types = await event_types(mintpost.run_of(order))
            assert "WORKFLOW_TASK_FAILED" not in types
            assert types.count("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES") == PATCHES
        await register_attributes(client)
        assert (await State(client).ask_state(AskedState(1))).known


def traces_in(value: object) -> list[str]:
    """Return every stack trace in a history."""
    if isinstance(value, list):
        return [trace for each in value for trace in traces_in(each)]
    if not isinstance(value, dict):
        return []
    own = [value["stackTrace"]] if value.get("stackTrace") else []
    return own + [trace for each in value.values() for trace in traces_in(each)]
