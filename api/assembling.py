"""Puts the app together from its parts: routes, gate and background tasks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp
from temporalio.client import Client

from api.access_log import hide_secrets
from api.alert_memory import AlertMemory
from api.alert_webhook import AlertWebhook
from api.alerts import AlertLoop, AlertSetup, webhook_of
from api.answer_keys import ANSWER_KEYS, AnswerKeyKeeper
from api.answer_times import AnswerTimes
from api.authentication import Authentication
from api.bounds import Bounds
from api.floods import Floods
from api.gate import UNKNOWN, Gate
from api.health import Fact, Health, Probe, health_routes
from api.mail_reports import report_routes
from api.oldest_open import OldestOpen
from api.online.assembling import OnlineParts, online_routes
from api.online.mapping import OnlineMapping
from api.refusals import Refusals
from api.revocations import REVOCATIONS, RevocationWarnings
from api.server import BoundServer
from api.signed_lists import SignedLists, list_routes
from api.unset_secrets import sources_in_use
from api.webhooks import Inbox, webhook_routes
from db.engine import Database
from kit.doors.base import WebhookDoor
from kit.instruments import OF_API
from kit.loop import Pauses
from kit.pollers import Pollers
from kit.tracing import end_tracing
from mailers.doors import MailDoor
from operations.alerts.finding import Finder, sale_finders
from relay.dispatcher import Dispatcher
from relay.drainer import Drainer
from relay.free_space import free_space_for
from relay.gauges import Gauges
from relay.spool import Spool
from relay.spool_findings import spool_findings
from relay.starter import Starter
from relay.store import Store, StorePatience
from relay.watcher import Watcher
from storefronts.base import Storefront
from workflows.names import TASK_QUEUE


@dataclass(frozen=True, slots=True)
class ApiParts:
    """The parts of the app, so that a test can replace a part.

    The app calls `connect` at start, because a client belongs to the running event loop.
    `online` None: apps get no answers about licenses. `alerts` None: nobody is told of anything.
    """

    database: Database
    storefronts: Mapping[str, Storefront]
    connect: Callable[[], Awaitable[Client]]
    spool: Spool
    task_queue: str = TASK_QUEUE
    pauses: Pauses = field(default_factory=Pauses)
    watch: timedelta = timedelta(minutes=1)
    patience: StorePatience = field(default_factory=StorePatience)
    bounds: Bounds = field(default_factory=Bounds)
    floods: timedelta = timedelta(minutes=1)
    online: OnlineParts | None = None
    alerts: AlertSetup | None = None
    mail_doors: Mapping[str, MailDoor] = field(default_factory=dict)

    @property
    def doors(self) -> Mapping[str, WebhookDoor]:
        """Return the doors of all webhooks, of the shops and of the mail providers."""
        return {**self.storefronts, **self.mail_doors}

    def in_use(self) -> Collection[str]:
        """Return the shops that sell by products.yaml; all shops without `online`."""
        if self.online is None:
            return self.storefronts
        return sources_in_use(self.online.products, self.online.sources)


class Runner(Protocol):
    """A background task that runs until it is canceled."""

    async def run(self) -> None: ...


def assemble(parts: ApiParts) -> ASGIApp:
    """Build the app. No answer to a stranger reveals that this is Mintpost."""
    hide_secrets(frozenset(parts.doors))
    refusals = Refusals(parts.doors, in_use=parts.in_use)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = await parts.connect()
        floods = Floods(parts.floods)
        runners: list[Runner] = [*_furnish(app, parts, client, gate, refusals), floods]
        with floods.watching():
            background = [asyncio.create_task(each.run()) for each in runners]
            yield
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
        await asyncio.to_thread(end_tracing)
        refusals.stop()

    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan
    )
    for status in (404, 405):
        app.add_exception_handler(status, _answer_as_unknown)
    gate = Gate(app, Authentication(parts.doors), refusals.note)
    # Outside of FastAPI, because FastAPI wraps `receive` and `BoundServer` needs the server's.
    return BoundServer(AnswerTimes(gate) if OF_API.are_on else gate, parts.bounds)


def _furnish(
    app: FastAPI, parts: ApiParts, client: Client, gate: Gate, refusals: Refusals
) -> list[Runner]:
    """Add the routes to the app; return the background tasks."""
    database = parts.database
    store, runners = _take_requests(app, parts, client)
    watcher, polls = Watcher(database, client, parts.watch), Pollers(client, parts.task_queue)
    runners.append(watcher)
    lists = RevocationWarnings(database)
    probes: list[Probe] = [refusals.findings, polls.findings, watcher.findings, lists.findings]
    if (online := parts.online) is not None:
        mapping, keeper = _answer_apps(app, parts, online, gate)
        probes += [mapping.findings, keeper.findings]
        runners.append(keeper)
    if OF_API.are_on:
        runners.append(Gauges(database, parts.spool))
    webhook = None if parts.alerts is None else webhook_of(parts.alerts)
    if webhook is not None:
        probes.append(webhook.findings)
        runners.append(webhook)
    facts: dict[str, Fact] = {
        "pollers": polls.told,
        "oldest_open": OldestOpen(database).told,
        "refused": refusals.told,
    }
    health = _health(parts, client, store, tuple(probes), facts)
    if parts.alerts is not None:
        runners.append(_alert_loop(parts, parts.alerts, health, client, webhook))
    _publish(app, gate, health)
    return runners


def _take_requests(app: FastAPI, parts: ApiParts, client: Client) -> tuple[Store, list[Runner]]:
    """Add the webhooks, and the loops that bring each stored request to Temporal."""
    database, spool = parts.database, parts.spool
    starter = Starter(client, parts.task_queue)
    dispatcher = Dispatcher(database, starter, parts.storefronts, pauses=parts.pauses)
    drainer = Drainer(spool, database, dispatcher.wake, pauses=parts.pauses)
    store = Store(
        database, spool, stored=dispatcher.wake, spooled=drainer.wake, patience=parts.patience
    )
    app.include_router(report_routes(parts.mail_doors, database))
    app.include_router(webhook_routes(Inbox(parts.storefronts, store)))
    return store, [dispatcher, drainer]


def _answer_apps(
    app: FastAPI, parts: ApiParts, online: OnlineParts, gate: Gate
) -> tuple[OnlineMapping, AnswerKeyKeeper]:
    """Add the routes of apps, which any stranger may call."""
    mapping = OnlineMapping(online.products, online.sources)
    apps = online_routes(parts.database, online, mapping)
    app.router.routes.insert(0, apps)
    gate.open_routes.append(apps)
    keeper = AnswerKeyKeeper(
        parts.database, online.signer, online.renew, online.clock, parts.pauses
    )
    return mapping, keeper


def _health(
    parts: ApiParts,
    client: Client,
    store: Store,
    probes: tuple[Probe, ...],
    facts: Mapping[str, Fact],
) -> Health:
    database, spool = parts.database, parts.spool
    room = free_space_for(database.engine.url)
    return Health(database, client, spool, probes=probes, store=store, room=room, facts=facts)


def _publish(app: FastAPI, gate: Gate, health: Health) -> None:
    """Add the routes that any stranger may read."""
    public = APIRouter()
    public.include_router(health_routes(health))
    for kind in (REVOCATIONS, ANSWER_KEYS):
        public.include_router(list_routes(SignedLists(health.database, kind)))
    app.include_router(public)
    gate.open_routes += public.routes


def _alert_loop(
    parts: ApiParts,
    setup: AlertSetup,
    health: Health,
    client: Client,
    webhook: AlertWebhook | None,
) -> AlertLoop:
    times, spool = setup.times, parts.spool
    finders: list[Finder] = [health.troubles_as_findings, health.findings]
    finders.append(partial(spool_findings, spool))
    finders += sale_finders(parts.database, client, times.pace.after, times.clock)
    memory = AlertMemory(spool.folder.with_name("alerts.json"))
    return AlertLoop(parts.database, finders, memory, webhook, times)


async def _answer_as_unknown(_request: Request, _error: Exception) -> JSONResponse:
    # A 405 would tell a stranger that the path exists, and its Allow header names the method.
    return UNKNOWN
