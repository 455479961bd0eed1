"""Migrate the database, and register search attributes in Temporal."""

import asyncio
from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy import URL
from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from db.engine import open_engine
from db.migrating import migrate
from kit.search_attributes import register_attributes
from kit.temporal_outages import temporal_trouble
from workflows.attribute_names import ATTRIBUTE_NAMES

FOR = "to search sales by source, product and state in its Web UI"
NAMES = f"{', '.join(ATTRIBUTE_NAMES[:-1])} and {ATTRIBUTE_NAMES[-1]}"
PATIENCE = timedelta(seconds=10)


def migrate_database(url: URL, api_password: SecretStr | None = None) -> str:
    """Take the database to the newest migration; return its name.

    With a password, PostgreSQL gets a role for the API, with the rights of the API only.
    """
    engine = open_engine(url)
    try:
        return migrate(engine, None if api_password is None else api_password.get_secret_value())
    finally:
        engine.dispose()


async def register_search_attributes(config: ClientConnectConfig) -> str:
    """Register the search attributes of sales if Temporal allows it; return a sentence."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await _register(await Client.connect(**config))
    except (RuntimeError, TimeoutError) as error:
        why = temporal_trouble(error).sentence
        return f"{why}; then run `mintpost migrate` again, {FOR}"


async def _register(client: Client) -> str:
    try:
        await register_attributes(client)
    except RPCError as error:
        trouble = temporal_trouble(error)
        why = f": {trouble.sentence}" if trouble.refused else f" ({error.status.name})"
        return f"Temporal did not register {NAMES}{why}"
    return f"sales can be searched by {NAMES} in Temporal"
