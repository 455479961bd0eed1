"""Asks a shop's API for the parts of an event that the event lacks."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from temporalio import activity
from typing_extensions import override

from activities.parse import Parse
from db.answers import keep_completed
from db.engine import Database
from db.events import EventNames, name_event
from domain.errors import (
    SaleInvalidError,
    StorefrontAwayError,
    StorefrontRefusesError,
    ValueImpossibleError,
)
from domain.facts import Reading
from domain.questions import Answer, Question
from kit.clock import Clock, utc_now
from reading.reader import Reader, ReceivedEvent
from storefronts.base import Storefront
from workflows.steps import CompleteStep, EventToComplete, ParsedEvent

MOST_QUESTIONS = 50
"""An order of so many pages of lines is a shop's list without an end.

Each reading reads all earlier answers again: with 50 full pages, 6 s of processor time were
measured, and with 90 pages 23 s. An attempt has a minute, and must reach this limit to tell it.
"""


class Complete(CompleteStep):
    """Asks the questions of an event's reading, and keeps the answers and the facts together.

    `parse` continues as the step parse does, because a completed event is like a whole one.
    """

    def __init__(
        self,
        database: Database,
        storefronts: Mapping[str, Storefront],
        parse: Parse,
        clock: Clock = utc_now,
    ) -> None:
        self.database = database
        self.storefronts = storefronts
        self.reader = Reader(database, storefronts)
        self.parse = parse
        self.clock = clock

    @override
    @activity.defn
    async def complete(self, event: EventToComplete) -> ParsedEvent:
        received = await self.reader.load(event.event_id)
        if not received.facts:
            await self.ask_all(received)
            received = await self.reader.load(event.event_id)
        return await self.parse.parse_order(received)

    async def ask_all(self, received: ReceivedEvent) -> None:
        """Ask until the event can be read. A crash keeps nothing, so that all is asked again."""
        reading = await self.reader.read(received)
        for _ in range(MOST_QUESTIONS):
            if reading.asks is None:
                return await self.keep(received, reading)
            answer = await self.ask(received, reading.asks)
            received = replace(received, answers=(*received.answers, answer))
            reading = await self.reader.read(received)
        raise StorefrontAwayError(
            self.title(received.event.source), "answered with a list that does not end"
        )

    async def ask(self, received: ReceivedEvent, question: Question) -> Answer:
        """Ask the shop. Without its leave, an optional question counts as answered by a refusal."""
        try:
            return await self.ask_shop(received, question)
        except StorefrontRefusesError:
            if not question.optional:
                raise
            return Answer(question.path, HTTPStatus.UNAUTHORIZED, b"", self.clock())

    async def ask_shop(self, received: ReceivedEvent, question: Question) -> Answer:
        api = self.storefronts[received.event.source].api
        if api is None:
            raise StorefrontRefusesError(
                f"{received.event.source} must be asked for {question.about}", "set its API key"
            )
        return await api.ask(question, received.request.secret_label)

    def title(self, source: str) -> str:
        api = self.storefronts[source].api
        return source if api is None else api.title

    async def keep(self, received: ReceivedEvent, reading: Reading) -> None:
        """Keep the answers with the facts. Answers that make no sense are not kept.

        A broken answer is asked for again. A whole one with an impossible number would come again,
        so that event ends with its sentence, and a person decides.
        """
        event = received.event
        if isinstance(reading.ends, ValueImpossibleError):
            raise reading.ends
        if isinstance(reading.ends, SaleInvalidError) and received.answers:
            what = f"answered what cannot be used: {reading.ends.what}"
            raise StorefrontAwayError(self.title(event.source), what)
        name = self.storefronts[event.source].name_request
        naming = await asyncio.to_thread(name, received.to_read())
        names = EventNames(naming.kind, naming.order_id, naming.product_id, naming.event_key)
        await self.database.write(name_event, event.id, names)
        await self.database.write(
            keep_completed, event.id, event.source, received.answers, reading.facts
        )
