"""Connects a long-running process to Temporal."""

from datetime import timedelta
from typing import Any

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig
from temporalio.runtime import Runtime

from kit.tracing import trace_interceptors

PATIENCE = timedelta(seconds=10)


async def connect(config: ClientConnectConfig, runtime: Runtime | None = None) -> Client:
    """Connect, then check that the namespace exists, because a connection proves nothing about it.

    Raises RuntimeError when Temporal cannot be reached, and RPCError when Temporal refuses.
    """
    given: dict[str, Any] = {**config}
    # A composition root may bring interceptors of its own, as torture does.
    given["interceptors"] = [*given.get("interceptors", ()), *trace_interceptors()]
    client = await Client.connect(**given, runtime=runtime)
    request = DescribeNamespaceRequest(namespace=client.namespace)
    await client.workflow_service.describe_namespace(request, timeout=PATIENCE)
    return client
