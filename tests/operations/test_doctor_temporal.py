"""Doctor's lines about Temporal, on the real server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio import activity
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.findings import Finding, Level
from embedded.ports import HOST
from embedded.temporal_setup import set_retention
from kit.version import VERSION
from operations.doctor.temporal import ATTRIBUTES, RETENTION, TEMPORAL, WORKER, TemporalCheck
from tests.support.waiting import until
from workflows.resend_license import ResendLicense

PARTS = [TEMPORAL, RETENTION, ATTRIBUTES, WORKER]


@activity.defn
async def nothing() -> None: ...


def check(client: Client, task_queue: str = "nobody-works-here") -> TemporalCheck:
    config = ClientConnectConfig(
        target_host=client.service_client.config.target_host, namespace=client.namespace
    )
    return TemporalCheck(config, task_queue=task_queue)


def by_part(found: Sequence[Finding]) -> dict[str, Finding]:
    assert [each.cause for each in found] == PARTS
    assert all(each.remedy for each in found if each.level in {Level.WARNING, Level.BROKEN})
    return {each.cause: each for each in found}


@asynccontextmanager
async def polling(client: Client, task_queue: str, build_id: str) -> AsyncIterator[None]:
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=[ResendLicense],
        activities=[nothing],
        build_id=build_id,
        identity=f"worker of {build_id}",
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        yield


async def worker_line(client: Client, task_queue: str) -> Finding:
    """Wait until the server knows the pollers of both kinds."""

    async def known() -> Finding | None:
        found = by_part(await check(client, task_queue).findings())[WORKER]
        return None if found.level is Level.BROKEN else found

    return await until(known, "the worker polls")


async def test_server_and_attributes_are_ok_and_a_short_retention_warns(client: Client) -> None:
    found = by_part(await check(client).findings())

    assert found[TEMPORAL].level is Level.OK
    assert found[TEMPORAL].sentence.endswith(f"has the namespace {client.namespace}")
    assert found[ATTRIBUTES].level is Level.OK
    assert found[RETENTION].level is Level.WARNING
    assert found[RETENTION].remedy == (
        "temporal operator namespace update --namespace default --retention 90d"
    )


async def test_a_queue_without_a_worker_is_broken(client: Client) -> None:
    found = by_part(await check(client, f"nobody-{uuid4()}").findings())[WORKER]

    assert (found.level, found.remedy) == (Level.BROKEN, "python worker.py")
    assert "nobody asks Temporal for workflow tasks and activities" in found.sentence


async def test_a_worker_of_this_version_is_ok_and_of_another_a_warning(client: Client) -> None:
    queue = f"doctor-{uuid4()}"
    # The SDK lets one client have one worker on a queue.
    other = await Client.connect(client.service_client.config.target_host)
    async with polling(client, queue, VERSION):
        ours = await worker_line(client, queue)
        async with polling(other, queue, "0.0.7"):

            async def mixed() -> Finding | None:
                found = await worker_line(client, queue)
                return found if found.level is Level.WARNING else None

            both = await until(mixed, "the other worker polls")

    assert (ours.level, ours.sentence) == (
        Level.OK,
        f"worker: 1 worker polls, of version {VERSION}",
    )
    assert f"of version 0.0.7, {VERSION}, and this command is of {VERSION}" in both.sentence


async def test_a_namespace_without_attributes_warns_and_one_of_ninety_days_is_ok(
    client: Client,
) -> None:
    name = f"doctor-{uuid4()}"
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=name, workflow_execution_retention_period=Duration(seconds=86_400)
        )
    )
    own = Client(client.service_client, namespace=name)

    async def known() -> dict[str, Finding] | None:
        found = by_part(await check(own).findings())
        return found if found[TEMPORAL].level is Level.OK else None

    await until(known, "the namespace is known")
    await set_retention(own)
    found = by_part(await check(own).findings())

    assert found[RETENTION].level is Level.OK
    assert (found[ATTRIBUTES].level, found[ATTRIBUTES].remedy) == (
        Level.WARNING,
        "mintpost migrate",
    )


async def test_a_namespace_that_is_not_there_is_broken(client: Client) -> None:
    lost = Client(client.service_client, namespace="no-such-namespace")
    found = by_part(await check(lost).findings())

    assert found[TEMPORAL].level is Level.BROKEN
    assert "has no such namespace (NOT_FOUND)" in found[TEMPORAL].sentence
    assert {found[part].level for part in PARTS[1:]} == {Level.UNCHECKED}


@pytest.mark.parametrize("listens", [False, True])
async def test_a_temporal_that_is_away_or_silent_is_broken_within_the_patience(
    listens: bool,  # noqa: FBT001 - a case of the test
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, HOST, 0)
    port = server.sockets[0].getsockname()[1] if listens else 1
    config = ClientConnectConfig(target_host=f"{HOST}:{port}", namespace="default")
    async with asyncio.timeout(25):  # Without the limit, the SDK waits for more than 30 seconds.
        found = by_part(await TemporalCheck(config, timedelta(seconds=1)).findings())
    server.close()

    assert found[TEMPORAL].level is Level.BROKEN
    why = "nothing answered in time" if listens else "nothing listens there"
    assert why in found[TEMPORAL].sentence
