"""Connects a long-running process to Temporal."""

from datetime import timedelta

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
    client = await Client.connect(**config, runtime=runtime, interceptors=trace_interceptors())
    request = DescribeNamespaceRequest(namespace=client.namespace)
    await client.workflow_service.describe_namespace(request, timeout=PATIENCE)
    return client
