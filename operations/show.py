"""Show one sale whole: its rows, its requests in the spool, its workflow."""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from temporalio.envconfig import ClientConnectConfig

from domain.errors import DatabaseAwayError
from operations.databases import Databases
from operations.device_limits import ReadMapping
from operations.find import references, the_one_sale
from operations.spooled import Warn, spooled_requests
from operations.waiting import waits_for
from operations.whole_order import WholeOrder, load_order, workflow_of
from operations.workflow_state import WorkflowState, workflow_state
from relay.spool import Spool

R = TypeVar("R")

DATABASE_PATIENCE = timedelta(seconds=5)
"""Longer than the timeout of a connection, because its error says more."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places to look for a sale; `sources` are the storefronts.

    `mapping` reads the product mapping, for the limits on devices.
    """

    sources: Collection[str]
    spool: Spool
    databases: Databases
    temporal: ClientConnectConfig
    mapping: ReadMapping


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """A sale whole. `found_by` is the text that found it, if that is no name of it."""

    reference: str
    order: WholeOrder
    workflow: WorkflowState
    found_by: str | None = None

    @property
    def waits_for(self) -> str | None:
        return waits_for(self.order, self.workflow)


async def show(text: str, places: Places, warn: Warn) -> ShownOrder:
    """Return the sale that the text names or finds.

    Raises UnknownSaleError and SeveralSalesError.
    """
    reference, order = await _find(text, places, warn)
    state = await workflow_state(places.temporal, workflow_of(order, reference))
    is_name = text in {reference, reference.partition(":")[2]}
    return ShownOrder(reference, order, state, None if is_name else text)


async def _find(text: str, places: Places, warn: Warn) -> tuple[str, WholeOrder]:
    for reference in references(text, places.sources):
        if (order := await _whole_order(reference, places, warn)) is not None:
            return reference, order
    search = partial(the_one_sale, places.databases, text)
    reference = await _in_time(search, DATABASE_PATIENCE)
    return reference, await _whole_order(reference, places, warn) or WholeOrder()


async def _whole_order(reference: str, places: Places, warn: Warn) -> WholeOrder | None:
    """Return the rows and the spooled requests of a reference; None if there are none."""
    source, _, order_id = reference.partition(":")
    spooled = spooled_requests(places.spool, source, order_id, warn)
    try:
        reading = partial(_read_order, places, source, order_id)
        order = await _in_time(reading, DATABASE_PATIENCE)
    except DatabaseAwayError:
        # Requests are spooled because the database is away, so the spool alone may answer.
        if not spooled:
            raise
        order = WholeOrder()
    order.spooled.extend(spooled)
    return order if order.events or spooled else None


async def _in_time(work: Callable[[], R], patience: timedelta) -> R:
    """Work in a thread, and leave the thread if the database hangs. Raises DatabaseAwayError."""
    thread = ThreadPoolExecutor(1)
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await asyncio.get_running_loop().run_in_executor(thread, work)
    except TimeoutError:
        raise DatabaseAwayError(f"no answer within {patience.total_seconds():g} s") from None
    finally:
        thread.shutdown(wait=False)


def _read_order(places: Places, source: str, order_id: str) -> WholeOrder:
    with places.databases() as database:
        return database.read_here(load_order, source, order_id, places.mapping)
