"""Sets up Temporal's server and waits for the worker: `python -m embedded.temporal_setup ADDRESS`.

A short-lived process of its own, so that ours need not hold a client of Temporal for as long as the
stack runs. It prints a line once the server is set up, and ends once a worker polls.
"""

import asyncio
import sys
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from kit.exiting import end_with
from kit.runs import no_worker_sentence
from kit.search_attributes import register_attributes
from workflows.names import TASK_QUEUE

RETENTION = timedelta(days=90)
"""Temporal's default is one day, but a seller may look for a sale of last month."""

PATIENCE = timedelta(seconds=2)
"""For one question to Temporal."""

LOOK_SECONDS = 0.1


async def set_up(address: str) -> None:
    client = await connected(address)
    await set_retention(client)
    # A data folder of an older version lacks the newer ones, and the server's flags add none to it.
    await register_attributes(client)
    sys.stdout.write("set up\n")
    sys.stdout.flush()
    while not await worker_polls(client):  # noqa: ASYNC110 - only a question to Temporal tells
        await asyncio.sleep(LOOK_SECONDS)


async def connected(address: str) -> Client:
    while True:
        try:
            return await Client.connect(address)
        except RuntimeError:
            await asyncio.sleep(LOOK_SECONDS)


async def set_retention(client: Client, retention: timedelta = RETENTION) -> None:
    keep = Duration()
    keep.FromTimedelta(retention)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            config=NamespaceConfig(workflow_execution_retention_ttl=keep),
        )
    )


async def worker_polls(client: Client) -> bool:
    try:
        return await no_worker_sentence(client, TASK_QUEUE, PATIENCE) is None
    except RPCError:
        return False


if __name__ == "__main__":
    end_with(lambda: asyncio.run(set_up(sys.argv[1])))
