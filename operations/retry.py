"""Wake parked sales now, instead of at their next try."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from time import monotonic

from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from db.engine import Database
from db.views.lists import Filters, list_events
from domain.event import EventStatus
from kit.refusals import RefusedError
from kit.temporal_outages import temporal_trouble
from operations.connecting import connected
from operations.following import EVERYTHING, Following, Retried
from operations.waking import wake

LOOKS_AT_ONCE = 8


async def retry_orders(
    config: ClientConnectConfig,
    database: Database,
    orders: Iterable[str] | None,
    where: str | None,
    patience: timedelta,
) -> list[Retried]:
    """Wake the orders, or all parked orders with `where` in their sentence.

    Raises RefusedError if Temporal cannot be used.
    """
    client = await connected(config)
    workflow_ids = list(orders or ()) or await parked_workflows(database, where)
    try:
        return await retry(client, database, workflow_ids, patience)
    except RPCError as error:
        raise RefusedError(temporal_trouble(error).sentence) from None


async def parked_workflows(database: Database, where: str | None) -> list[str]:
    """Return the workflows of parked events with `where` in their sentence, oldest first."""
    parked = await database.read(list_events, Filters(status=EventStatus.PARKED, limit=EVERYTHING))
    ids = [event.workflow_id for event in reversed(parked) if (where or "") in (event.error or "")]
    return list(dict.fromkeys(each for each in ids if each is not None))


async def retry(
    client: Client, database: Database, workflow_ids: Iterable[str], patience: timedelta
) -> list[Retried]:
    """Reset the pending steps of each workflow, and return its result within `patience`."""
    woken = [await wake(client, workflow_id) for workflow_id in workflow_ids]
    # The time begins after the last is woken, so that each workflow has the whole time.
    deadline = monotonic() + patience.total_seconds()
    at_once = asyncio.Semaphore(LOOKS_AT_ONCE)
    following = Following(client, database, patience, deadline, at_once)
    return list(await asyncio.gather(*(following.follow(each) for each in woken)))
