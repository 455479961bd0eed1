"""Applies the facts of an event that is no sale to the licenses it is about."""

from collections.abc import Callable, Mapping

from temporalio import activity
from typing_extensions import override

from activities.plans import PlanDecider
from db.applying import Applied, NewFacts, apply_event
from db.engine import Database
from db.events import StoredEvent, load_event, note_event
from db.facts import SourcedFacts, sourced_facts
from db.granting import NewKeys, apply_grant
from domain.errors import SaleInvalidError
from domain.event import ignored, noted
from domain.facts import Ignored, Reading, Waits
from domain.grants import Grant
from kit.clock import Clock, utc_now
from letters.composing import CatalogSource
from licensing.keys import new_key, new_token_id
from reading.reader import Reader
from storefronts.base import Storefront
from workflows.steps import AppliedEvent, ApplyStep, EventToApply


class Apply(ApplyStep):
    def __init__(
        self,
        database: Database,
        storefronts: Mapping[str, Storefront],
        products: CatalogSource,
        clock: Clock = utc_now,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.database = database
        self.reader = Reader(database, storefronts)
        self.decider = PlanDecider(database, products)
        self.clock = clock
        self.changed = changed

    @override
    @activity.defn
    async def apply(self, event: EventToApply) -> AppliedEvent:
        stored = await self.database.read(load_event, event.event_id)
        kept = await self.database.read(sourced_facts, event.event_id)
        if not kept.facts:
            received = await self.reader.load(event.event_id)
            reading = await self.reader.read(received)
            if reading.asks is not None:
                return AppliedEvent("", incomplete=True)
            if reading.note is not None:
                await self.database.write(note_event, event.event_id, reading.note)
            if not reading.facts:
                return AppliedEvent(_without_facts(reading))
            kept = SourcedFacts(stored.source, reading.facts)
        return await self.keep_and_apply(stored, kept)

    async def keep_and_apply(self, event: StoredEvent, kept: SourcedFacts) -> AppliedEvent:
        (first, *_) = kept.facts
        if isinstance(first, Grant):
            keys = NewKeys(new_key(), new_token_id())
            now = self.clock()
            granted = await self.database.write(
                apply_grant, event.id, kept.source, first, keys, now
            )
            self.changed()
            return _told(granted)
        plans = await self.decider.decide_all(kept)
        new = NewFacts(event.id, event.kind, kept.source, tuple(kept.facts), plans.decisions)
        applied = await self.database.write(apply_event, new, self.clock(), plans.notes)
        self.changed()
        return _told(applied)


def _without_facts(reading: Reading) -> str:
    match reading.ends:
        case SaleInvalidError() as error:
            raise error
        case Ignored(why):
            return ignored(why)
        case Waits(why):
            return noted(why)
        case None:
            raise SaleInvalidError("it names no order and no subscription")


def _told(applied: Applied) -> AppliedEvent:
    return AppliedEvent(
        outcome=applied.outcome,
        told=applied.told,
        delivery_ids=applied.delivery_ids,
        again_at=applied.again_at,
    )
