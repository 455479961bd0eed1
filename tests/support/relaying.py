"""A relay for one test. No worker runs its workflows."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client

from db.dispatching import waiting_events
from db.engine import Database
from db.views.lists import EventLine, Filters, list_events
from relay.dispatcher import Dispatcher
from relay.starter import Starter
from storefronts.base import Storefront
from storefronts.gumroad.storefront import Gumroad
from tests.support.running import QUICK_PAUSES
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def unique() -> str:
    """Return an order id that is unique in the shared Temporal."""
    return f"order-{uuid4()}"


def dispatcher_for(
    database: Database, client: Client, storefronts: Mapping[str, Storefront] | None = None
) -> Dispatcher:
    # No worker polls this queue, so started workflows stay as they are.
    starter = Starter(client, "nobody-works-here", patience=timedelta(seconds=2))
    known = {"gumroad": Gumroad(())} if storefronts is None else storefronts
    return Dispatcher(database, starter, known, pauses=QUICK_PAUSES)


@asynccontextmanager
async def relaying(dispatcher: Dispatcher) -> AsyncIterator[None]:
    task = asyncio.create_task(dispatcher.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def lines(database: Database) -> list[EventLine]:
    return await database.read(list_events, Filters())


async def until_started(database: Database) -> None:
    async def nothing_waits() -> bool | None:
        return None if await database.read(waiting_events, 100) else True

    await until(nothing_waits, "every row has its workflow")
