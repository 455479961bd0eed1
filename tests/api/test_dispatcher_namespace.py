"""A namespace that does not let anybody register search attributes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from api.starting import Starter, TemporalAwayError
from db.events import WaitingEvent
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
    handle = bare_client.get_workflow_handle("gumroad:order")

    async def found() -> bool | None:
        try:
            await starter.start(event, "gumroad:order")
        except TemporalAwayError:
            # A new namespace takes a moment to be known everywhere in the server.
            return None
        return True

    await until(found, "the namespace is known")
    assert len((await handle.describe()).typed_search_attributes) == 0
