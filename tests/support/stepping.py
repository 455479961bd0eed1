"""A Mintpost without a server, a loop and Temporal: a door, a relay and steps, called in turn.

It plays a story without Temporal and without a server, so that a test can play all its orders.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx
from fastapi import FastAPI
from typing_extensions import override

from api.authentication import Authentication
from api.gate import Gate
from api.webhooks import Inbox, webhook_routes
from db.dispatching import WaitingEvent
from db.views.lists import EventLine
from domain.event import APPLIED_KINDS
from relay.dispatcher import Dispatcher
from relay.spool import Spool
from relay.starter import AlreadyCompletedError, Starter
from relay.store import Store
from tests.support.databases import has_open_event
from tests.support.running import UNHURRIED, Mintpost, Setup, web_parts, worker_parts_of
from tests.support.steps import Steps, as_activity, steps_of
from workflows.steps import EventToApply, OrderToClose

URL = "http://mintpost.test"
MOST_ROUNDS = 10
Work = Callable[[], Awaitable[OrderToClose]]


def nobody() -> None:
    """Wake nobody, because the test calls the relay itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarter(Starter):
    """Runs the steps at once, instead of the start of a workflow. Ids are unique as Temporal's."""

    steps: Steps
    ended: dict[str, str | None] = field(default_factory=dict)
    """The sentence of each failure by workflow id, or None for a run that completed."""

    @override
    async def start(self, event: WaitingEvent, workflow_id: str, *, again: bool = False) -> None:
        completed = workflow_id in self.ended and self.ended[workflow_id] is None
        if completed and not again:
            raise AlreadyCompletedError
        if event.kind in APPLIED_KINDS:
            await self.apply(event, workflow_id)
        else:
            await self.run(event, workflow_id, partial(self.steps.fulfill, event.id))

    @override
    async def apply(self, event: WaitingEvent, workflow_id: str) -> None:
        given = EventToApply(event.id, event.kind)
        await self.run(event, workflow_id, partial(self.steps.apply_facts, given))

    async def run(self, event: WaitingEvent, workflow_id: str, work: Work) -> None:
        run = partial(self.steps.run, event.id, work)
        self.ended[workflow_id] = await as_activity(workflow_id, run)


@dataclass(slots=True)
class SteppedMintpost(Mintpost):
    dispatcher: Dispatcher
    failures: Mapping[str, str | None]

    @override
    async def settled(self) -> list[EventLine]:
        """Run all events that have come, and whatever they let run again."""
        for _ in range(MOST_ROUNDS):
            await self.dispatcher.relay()
            if not await self.database.read(has_open_event):
                return await self.events()
        raise AssertionError([(each.id, each.error) for each in await self.events()])


@asynccontextmanager
async def stepping(setup: Setup) -> AsyncIterator[SteppedMintpost]:
    file = setup.folder / "products.yaml"
    file.write_text(setup.products)
    parts = worker_parts_of(setup, file)
    starter = StepStarter(setup.client, setup.task_queue, steps=steps_of(parts))
    shops = web_parts(setup).storefronts
    app = FastAPI()
    spool = Spool(setup.folder / "spool")
    store = Store(setup.database, spool, stored=nobody, spooled=nobody, patience=UNHURRIED)
    app.include_router(webhook_routes(Inbox(shops, store)))
    gate = Gate(app, Authentication(shops), lambda *_: None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gate)) as http:
        yield SteppedMintpost(
            url=URL,
            http=http,
            database=setup.database,
            client=setup.client,
            task_queue=setup.task_queue,
            products=file,
            outbox=setup.folder / "outbox",
            failures=starter.ended,
            dispatcher=Dispatcher(setup.database, starter, parts.storefronts),
        )
