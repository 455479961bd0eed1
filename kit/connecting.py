"""Connects to Temporal, for a process that is to stay."""

from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig

PATIENCE = timedelta(seconds=10)


async def connect(config: ClientConnectConfig) -> Client:
    """Connect, and see that the namespace is there, which the connection does not tell.

    Raises RuntimeError where it cannot connect, and RPCError.
    """
    client = await Client.connect(**config)
    request = DescribeNamespaceRequest(namespace=client.namespace)
    await client.workflow_service.describe_namespace(request, timeout=PATIENCE)
    return client
