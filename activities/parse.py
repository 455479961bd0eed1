"""Reads a stored request into facts, and the lines of its payment into sales."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from temporalio import activity
from typing_extensions import override

from activities.parsed import parsed
from db.copies import takes_back_licensed
from db.corrections import corrected_address
from db.engine import Database
from db.events import EventNames, StoredEvent, name_event, note_event
from db.sales import save_order
from domain.errors import SaleInvalidError
from domain.event import APPLIED_KINDS, EventKind, IgnoredReason
from domain.facts import Buyer, Fact, Ignored, Payment, Reading, Waits, payment_in
from kit.clock import Clock, utc_now
from reading.reader import Reader, ReceivedEvent
from storefronts.base import Storefront
from workflows.steps import EventToParse, ParsedEvent, ParseStep


class Parse(ParseStep):
    """`operator` gets the licenses of test events. None: test events are ignored."""

    def __init__(
        self,
        database: Database,
        storefronts: Mapping[str, Storefront],
        operator: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.database = database
        self.storefronts = storefronts
        self.reader = Reader(database, storefronts)
        self.operator = operator
        self.clock = clock

    @override
    @activity.defn
    async def parse(self, event: EventToParse) -> ParsedEvent:
        received = await self.reader.load(event.event_id)
        names = await self.names_of(received)
        if names is None:
            return ParsedEvent(duplicate=True)
        if self.is_another_runs(received.event, names):
            return ParsedEvent(ignored=IgnoredReason.NAMED)
        if names.kind in APPLIED_KINDS:
            return ParsedEvent(applies=names.kind)
        read = await self.parse_order(received)
        # A copy may tell a refund, which must reach the license that another event has brought.
        is_copy = await self.database.read(takes_back_licensed, event.event_id)
        return ParsedEvent(applies=names.kind) if is_copy else read

    async def parse_order(self, received: ReceivedEvent) -> ParsedEvent:
        # An earlier reading stands, even if this version would read the body differently.
        payment = payment_in(received.facts)
        if payment is not None:
            return await self.save(received, payment, received.facts)
        reading = await self.reader.read(received)
        if reading.asks is not None:
            return ParsedEvent(incomplete=True)
        payment = payment_in(reading.facts)
        if reading.note is not None:
            await self.database.write(note_event, received.event.id, reading.note)
        if payment is not None and reading.ends is None:
            return await self.save(received, payment, reading.facts)
        await self.reader.keep(received.event, reading)
        return await self.without_payment(received, reading)

    async def names_of(self, received: ReceivedEvent) -> EventNames | None:
        """Name the event if the API did not; None if another row has the same event."""
        event = received.event
        if event.kind != EventKind.UNKNOWN or event.order_id is not None:
            return EventNames(event.kind, event.order_id, event.product_id, event.event_key)
        name = self.storefronts[event.source].name_request
        naming = await asyncio.to_thread(name, received.to_read())
        names = EventNames(naming.kind, naming.order_id, naming.product_id, naming.event_key)
        first = await self.database.write(name_event, event.id, names)
        return names if first is None else None

    def is_another_runs(self, event: StoredEvent, names: EventNames) -> bool:
        """Tell whether its order's run must parse the event."""
        storefront = self.storefronts[event.source]
        alone = storefront.workflow_id(event.id, EventKind.UNKNOWN, None)
        is_alone = activity.info().workflow_id == alone
        return (
            event.outcome is None
            and is_alone
            and storefront.workflow_id(event.id, names.kind, names.order_id) != alone
        )

    async def save(
        self, received: ReceivedEvent, payment: Payment, facts: tuple[Fact, ...] = ()
    ) -> ParsedEvent:
        """Save a sale for each line."""
        event = received.event
        sales = payment.sales(event.source)
        now = self.clock()
        return parsed(
            await self.database.write(save_order, event.id, sales, now, payment.note, facts)
        )

    async def without_payment(self, received: ReceivedEvent, reading: Reading) -> ParsedEvent:
        match reading.ends:
            case SaleInvalidError() as error:
                return await self.as_corrected(received, error)
            case Waits(why):
                return ParsedEvent(noted=why)
            case Ignored(EventKind.TEST_PING) if self.operator is not None:
                return await self.for_operator(received, self.operator)
            case Ignored(why):
                return ParsedEvent(ignored=why)
            case None if reading.facts:
                return ParsedEvent(applies=received.event.kind)
            case None:
                raise SaleInvalidError("it tells of no payment")

    async def as_corrected(self, received: ReceivedEvent, error: SaleInvalidError) -> ParsedEvent:
        """Read the body again with a corrected address, because its own address may be bad.

        This reading is not kept, because facts are the shop's words.
        """
        event = received.event
        address = await self.database.read(corrected_address, event.source, event.order_id)
        if address is None:
            raise error
        reading = await self.reader.read(received, address)
        payment = payment_in(reading.facts)
        if payment is None or reading.ends is not None:
            raise reading.ends if isinstance(reading.ends, SaleInvalidError) else error
        return await self.save(received, payment)

    async def for_operator(self, received: ReceivedEvent, operator: str) -> ParsedEvent:
        """Make a test event's payment the operator's own.

        A shop's test button may send the last real customer's purchase (2026-08). So the test must
        not touch that order, address and subscription, and gives no facts.
        """
        storefront = self.storefronts[received.event.source]
        payment = await asyncio.to_thread(storefront.read_test, received.to_read())
        own = replace(
            payment,
            order_id=f"test-{received.event.id}",
            buyer=Buyer(operator, operator.partition("@")[0]),
            subscription_id=None,
            test=True,
        )
        return await self.save(received, own)
