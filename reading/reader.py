"""Reads each event once: the first step that needs the facts reads the body and keeps the facts.

An order may have forty bodies of a MiB. So the reader loads one body at a time, and reads each body
in a thread, outside of any transaction.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db.answers import answers_of
from db.engine import Database
from db.events import StoredEvent
from db.facts import KnownFact, facts_of_event, keep_facts, known_of_order
from db.requests import KeptRequest, load_received_now
from domain.errors import SaleInvalidError
from domain.facts import Fact, Reading
from domain.questions import Answer
from storefronts.base import StoredRequest, Storefront


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """An event, its request, and its kept facts.

    `now` is by the database's clock, because the API's clock may be wrong. `answers` are those of
    the shop's API.
    """

    event: StoredEvent
    request: KeptRequest
    now: datetime
    facts: tuple[Fact, ...]
    answers: tuple[Answer, ...] = ()

    def to_read(self, address: str | None = None) -> StoredRequest:
        return StoredRequest(
            self.request.content_type,
            self.request.body,
            self.event.received_at,
            self.now,
            address,
            self.request.headers,
            self.request.secret_label,
            self.answers,
        )


@dataclass(frozen=True, slots=True)
class Reader:
    database: Database
    storefronts: Mapping[str, Storefront]

    async def load(self, event_id: int) -> ReceivedEvent:
        return await self.database.read(received_event, event_id)

    async def read(self, received: ReceivedEvent, address: str | None = None) -> Reading:
        """Read a body; `address` is the buyer's as a person gave it."""
        if received.request.dropped_at is not None:
            return Reading(ends=SaleInvalidError(dropped(received.request.dropped_at)))
        kept, size = len(received.request.body), received.request.body_bytes
        if not received.request.is_whole:
            cut = f"its body has {size:,} bytes, of which {kept:,} were kept"
            return Reading(ends=SaleInvalidError(cut))
        storefront = self.storefronts[received.event.source]
        return await asyncio.to_thread(storefront.read, received.to_read(address))

    async def keep(self, event: StoredEvent, reading: Reading) -> None:
        if reading.facts:
            await self.database.write(keep_facts, event.id, event.source, reading.facts)

    async def read_unkept(self, event_id: int) -> tuple[Fact, ...]:
        """Read the body of an event, and keep nothing."""
        return (await self.read(await self.load(event_id))).facts

    async def facts_of(self, event_id: int) -> tuple[Fact, ...]:
        """Return the facts of an event. An unread event is read now."""
        kept = await self.database.read(facts_of_event, event_id)
        return kept or await self.read_now(event_id)

    async def facts_of_order(self, source: str, order_id: str) -> tuple[KnownFact, ...]:
        """Return the facts of an order, with those of the newest events."""
        order = await self.database.read(known_of_order, source, order_id)
        for event_id in order.unread:
            await self.read_now(event_id)
        if order.unread:
            order = await self.database.read(known_of_order, source, order_id)
        return order.facts

    async def read_now(self, event_id: int) -> tuple[Fact, ...]:
        """Read the body of an event, and keep its facts."""
        received = await self.load(event_id)
        reading = await self.read(received)
        await self.keep(received.event, reading)
        return reading.facts


def dropped(at: datetime) -> str:
    """Tell why an event cannot be read any more."""
    return (
        f"its request was dropped on {at:%Y-%m-%d} by `mintpost prune` or `mintpost erase`, and "
        "cannot be read again"
    )


def received_event(session: Session, event_id: int) -> ReceivedEvent:
    facts, answers = facts_of_event(session, event_id), answers_of(session, event_id)
    return ReceivedEvent(*load_received_now(session, event_id), facts, answers)
