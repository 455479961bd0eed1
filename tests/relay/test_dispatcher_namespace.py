"""A namespace in which nobody may register search attributes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from sqlalchemy import create_engine
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from db.dispatching import WaitingEvent
from db.engine import Database
from relay.starter import Starter, TemporalAwayError
from relay.watcher import Watcher
from tests.support.waiting import until


@pytest.fixture
async def bare_client(client: Client) -> Client:
    name = f"bare-{uuid4()}"
    day = Duration()
    day.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=day)
    )
    return await Client.connect(client.service_client.config.target_host, namespace=name)


async def test_namespace_without_the_attributes_still_starts(bare_client: Client) -> None:
    starter = Starter(bare_client, "nobody-works-here")
    event = WaitingEvent(1, "gumroad", "sale", "order", "product")

    async def found() -> bool | None:
        try:
            await starter.start(event, "gumroad:order")
            await starter.apply(event, "gumroad:event:1")
        except TemporalAwayError:
            # The server needs a moment to know a new namespace in all its parts.
            return None
        return True

    await until(found, "the namespace is known")
    for workflow_id in ("gumroad:order", "gumroad:event:1"):
        run = await bare_client.get_workflow_handle(workflow_id).describe()
        assert len(run.typed_search_attributes) == 0


async def test_namespace_that_is_not_there_is_told_to_whoever_waits(client: Client) -> None:
    address = client.service_client.config.target_host
    lost = await Client.connect(address, namespace="no-such-namespace")
    event = WaitingEvent(1, "gumroad", "sale", "order", "product")
    with pytest.raises(TemporalAwayError) as raised:
        await Starter(lost, "nobody-works-here").start(event, "gumroad:order")
    assert str(raised.value) == (
        "Temporal has no such namespace (NOT_FOUND): correct TEMPORAL_NAMESPACE, or create it with "
        "`temporal operator namespace create --namespace NAME`"
    )
    with pytest.raises(RPCError):
        await Watcher(Database(create_engine("sqlite://")), lost).status_of("gumroad:order")
