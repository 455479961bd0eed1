"""Reads a stored ping into a sale."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from temporalio import activity
from typing_extensions import override

from activities.pings import ping_of
from db.corrections import corrected_address
from db.engine import Database
from db.events import StoredEvent, name_event, note_event
from db.requests import KeptRequest, load_received_now
from db.sales import save_sale
from domain.errors import SaleInvalidError
from domain.event import EventKind, IgnoredReason
from domain.sale import Ignored, Sale
from kit.clock import Clock, utc_now
from storefronts.base import Storefront
from workflows.steps import EventToParse, ParsedEvent, ParseStep


class Parse(ParseStep):
    """`operator` is the address that test pings go to; without one they are ignored."""

    def __init__(
        self,
        database: Database,
        storefronts: Mapping[str, Storefront],
        operator: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.database = database
        self.storefronts = storefronts
        self.operator = operator
        self.clock = clock

    @override
    @activity.defn
    async def parse(self, ping: EventToParse) -> ParsedEvent:
        event, request, now = await self.database.read(load_received_now, ping.event_id)
        if await self.is_another_runs(event, request):
            return ParsedEvent(ignored=IgnoredReason.NAMED)
        # In a thread, because a large body would block the other activities.
        try:
            read = await asyncio.to_thread(self.read, event, request, now)
        except SaleInvalidError:
            read = await self.read_as_corrected(event, request, now)
        if isinstance(read, Ignored):
            return ParsedEvent(ignored=read.why)
        sale_id = await self.database.write(save_sale, event.id, read, self.clock())
        if read.note is not None:
            await self.database.write(note_event, event.id, read.note)
        return ParsedEvent(sale_id=sale_id)

    async def is_another_runs(self, event: StoredEvent, request: KeptRequest) -> bool:
        """Name the ping if the API did not; return whether it belongs to its order's run."""
        storefront = self.storefronts[event.source]
        kind, order_id = event.kind, event.order_id
        if kind == EventKind.UNKNOWN and order_id is None:
            naming = await asyncio.to_thread(storefront.name_request, ping_of(event, request))
            kind, order_id = naming.kind, naming.order_id
            await self.database.write(name_event, event.id, kind, order_id, naming.product_id)
        alone = storefront.workflow_id(event.id, EventKind.UNKNOWN, None)
        is_alone = activity.info().workflow_id == alone
        return (
            event.outcome is None
            and is_alone
            and storefront.workflow_id(event.id, kind, order_id) != alone
        )

    async def read_as_corrected(
        self, event: StoredEvent, request: KeptRequest, now: datetime
    ) -> Sale | Ignored:
        """Read it with the address that a person gave, which its own may have failed for."""
        address = await self.database.read(corrected_address, event.source, event.order_id)
        return await asyncio.to_thread(self.read, event, request, now, address)

    def read(
        self, event: StoredEvent, request: KeptRequest, now: datetime, address: str | None = None
    ) -> Sale | Ignored:
        if not request.is_whole:
            raise SaleInvalidError(
                f"its body has {request.body_bytes:,} bytes, "
                f"of which {len(request.body):,} were kept"
            )
        storefront, ping = self.storefronts[event.source], ping_of(event, request, now, address)
        read = storefront.parse(ping)
        if read == Ignored(EventKind.TEST_PING) and self.operator is not None:
            return _for_operator(storefront.parse_test(ping), event.id, self.operator)
        return read


def _for_operator(sale: Sale, event_id: int, operator: str) -> Sale:
    """Make a test ping's sale the operator's own.

    Gumroad's button sends the last real customer's purchase (2026-08): its order, address and
    subscription must not be touched.
    """
    return replace(
        sale,
        order_id=f"test-{event_id}",
        email=operator,
        name=operator.partition("@")[0],
        subscription_id=None,
        test=True,
    )
