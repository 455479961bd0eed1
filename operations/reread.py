"""Read events again that an older version ignored, and apply them once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from db.engine import Database
from db.events import EventNames
from db.rereading import (
    RereadEvent,
    RereadResult,
    apply_events,
    old_events,
    preview_events,
    subscriptions_of,
)
from domain.event import APPLIED_KINDS, EventKind, Outcome, ignored
from domain.facts import (
    Dispute,
    Fact,
    Ignored,
    Reading,
    Refund,
    SubscriptionLink,
    SubscriptionState as State,
)
from domain.identifiers import order_reference
from kit.clock import utc_now
from kit.related import related
from reading.reader import Reader, ReceivedEvent, dropped, received_event
from storefronts.base import Storefront

BATCH = 100
"""So many bodies are in memory at once. A body has at most a MiB, and usually a KiB."""


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """An event with its facts of today. Without facts, `problem` says why."""

    id: int
    source: str
    kind: str
    order_id: str | None
    facts: tuple[Fact, ...]
    names: EventNames | None = None
    problem: str | None = None


Decide: TypeAlias = Callable[[ReadAgain], Awaitable[RereadEvent]]
"""Asks the mapping for the decisions about an event's plans."""


@dataclass(frozen=True, slots=True)
class RereadLine:
    """An event with its result. Field names are the JSON keys of `mintpost reread`.

    `outcome` None: the event cannot be read, and stays as it is. `goes_on`: a run does the rest.
    """

    event_id: int
    kind: str
    order: str | None
    outcome: str | None
    told: tuple[str, ...] = ()
    mails: int = 0
    goes_on: bool = False
    problem: str | None = None

    @property
    def changes(self) -> bool:
        return self.outcome == Outcome.APPLIED or self.goes_on


@dataclass(frozen=True, slots=True)
class Rereading:
    """Reads and applies the old events of the storefronts."""

    database: Database
    storefronts: Mapping[str, Storefront]
    decide: Decide

    async def read(self) -> list[ReadAgain]:
        """Read every event that is left unused. The bodies do not stay in memory."""
        found: list[ReadAgain] = []
        last, reader = 0, Reader(self.database, self.storefronts)
        while batch := await self.database.read(_batch, [*self.storefronts], last):
            read = [await self._read(reader, received) for received in batch]
            found += [each for each in read if each is not None]
            last = batch[-1].event.id
        return found

    async def apply(self, events: Sequence[ReadAgain], *, preview: bool) -> list[RereadLine]:
        """Apply the events, or tell what they would change; one transaction for related events."""
        lines = [_line(each) for each in events if not each.facts]
        work = preview_events if preview else apply_events
        for group in await self._related([each for each in events if each.facts]):
            decided = [await self.decide(each) for each in group]
            results = await self.database.write(work, decided, utc_now())
            lines += _told(group, results)
        return sorted(lines, key=lambda line: line.event_id)

    async def _related(self, events: Sequence[ReadAgain]) -> list[list[ReadAgain]]:
        orders = {(each.source, order) for each in events for order in _orders(each)}
        known = await self.database.read(subscriptions_of, sorted(orders))
        return related((each, [*_names(each, known)]) for each in events)

    async def _read(self, reader: Reader, received: ReceivedEvent) -> ReadAgain | None:
        """Return the event; None if it is still none of those that change licenses."""
        event = received.event
        if received.request.dropped_at is not None and not received.facts:
            why = dropped(received.request.dropped_at)
            return ReadAgain(event.id, event.source, event.kind, event.order_id, (), problem=why)
        names = await self._names(received)
        kind = event.kind if names is None else names.kind
        if names is not None and kind not in APPLIED_KINDS:
            return None
        order_id = event.order_id if names is None else names.order_id
        facts, problem = received.facts, None
        if not facts:
            reading = await reader.read(received)
            facts, problem = reading.facts, _problem(reading)
        return ReadAgain(event.id, event.source, kind, order_id, facts, names, problem)

    async def _names(self, received: ReceivedEvent) -> EventNames | None:
        """Name an event that was unknown."""
        event = received.event
        if event.kind != EventKind.UNKNOWN:
            return None
        name = self.storefronts[event.source].name_request
        naming = await asyncio.to_thread(name, received.to_read())
        return EventNames(naming.kind, naming.order_id, naming.product_id, naming.event_key)


def _batch(session: Session, sources: Sequence[str], after: int) -> list[ReceivedEvent]:
    return [received_event(session, each) for each in old_events(session, sources, after, BATCH)]


def _problem(reading: Reading) -> str | None:
    match reading.ends:
        case None:
            return None if reading.facts else "it names no order and no subscription"
        case Ignored(why):
            return f"a reading today ends as {ignored(why)}"
        case other:
            return str(other)


def _orders(event: ReadAgain) -> Iterator[str]:
    for fact in event.facts:
        if isinstance(fact, Refund | Dispute | SubscriptionLink):
            yield fact.order_id


def _names(event: ReadAgain, known: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, ...]]:
    """Name the orders and subscriptions by which an event is related to others."""
    for order_id in _orders(event):
        yield "order", event.source, order_id
        if (subscription_id := known.get((event.source, order_id))) is not None:
            yield "subscription", event.source, subscription_id
    for fact in event.facts:
        if isinstance(fact, State | SubscriptionLink):
            yield "subscription", event.source, fact.subscription_id


def _told(group: Sequence[ReadAgain], results: Sequence[RereadResult]) -> Iterator[RereadLine]:
    events = {each.id: each for each in group}
    return (_line(events[each.event_id], each) for each in results)


def _line(event: ReadAgain, result: RereadResult | None = None) -> RereadLine:
    order = None if event.order_id is None else order_reference(event.source, event.order_id)
    if result is None:
        return RereadLine(event.id, event.kind, order, None, problem=event.problem)
    return RereadLine(
        event_id=event.id,
        kind=event.kind,
        order=order,
        outcome=result.outcome,
        told=result.told,
        mails=result.mails,
        goes_on=result.goes_on,
    )
