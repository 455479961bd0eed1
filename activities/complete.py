"""Asks a shop's API for the parts of a payment that its event lacks."""

from collections.abc import Mapping

from temporalio import activity
from typing_extensions import override

from activities.parsed import parsed
from db.engine import Database
from db.events import load_event
from db.sales import save_completed
from domain.errors import SaleInvalidError, StorefrontRefusesError
from domain.facts import Payment, payment_in
from kit.clock import Clock, utc_now
from reading.reader import Reader
from storefronts.base import Storefront
from workflows.steps import CompleteStep, EventToComplete, ParsedEvent


class Complete(CompleteStep):
    def __init__(
        self, database: Database, storefronts: Mapping[str, Storefront], clock: Clock = utc_now
    ) -> None:
        self.database = database
        self.storefronts = storefronts
        self.reader = Reader(database, storefronts)
        self.clock = clock

    @override
    @activity.defn
    async def complete(self, event: EventToComplete) -> ParsedEvent:
        stored = await self.database.read(load_event, event.event_id)
        payment = payment_in(await self.reader.facts_of(stored.id))
        if payment is None:
            raise SaleInvalidError("it tells of no payment")
        if not payment.whole:
            payment = await self.ask(stored.source, payment)
        # Check the answer first, because a kept answer stands for ever.
        payment.sales(stored.source)
        return parsed(await self.database.write(save_completed, stored, payment, self.clock()))

    async def ask(self, source: str, payment: Payment) -> Payment:
        completer = self.storefronts[source].completer
        if completer is None:
            raise StorefrontRefusesError(source, "cannot be asked without its API key")
        return await completer.complete(payment)
