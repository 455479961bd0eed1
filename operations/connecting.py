"""Connects a command to Temporal."""

from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig

from kit.refusals import RefusedError
from kit.temporal_outages import temporal_trouble


async def connected(config: ClientConnectConfig) -> Client:
    """Return a client. Raises RefusedError if Temporal cannot be used."""
    try:
        return await Client.connect(**config)
    except RuntimeError as error:
        raise RefusedError(temporal_trouble(error).sentence) from None
