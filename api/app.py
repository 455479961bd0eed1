"""The web process, put together: `uvicorn --factory api.app:create_app`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig

from api.access_log import hide_queries
from api.dispatcher import Dispatcher
from api.drainer import Drainer
from api.health import Health, health_routes
from api.looking import Pauses
from api.spool import Spool
from api.starting import Starter
from api.storing import Patience, Store
from api.watcher import Watcher
from api.webhooks import Inbox, webhook_routes
from db.engine import Database, open_engine
from db.migrating import WrongMigrationError, check_migrated
from domain.errors import DatabaseAwayError
from settings import ApiSettings, SettingsError, load, temporal_config
from storefronts.base import Storefront
from storefronts.gumroad import Gumroad
from workflows.names import TASK_QUEUE

logger = logging.getLogger(__name__)


def create_app() -> FastAPI:
    """Build the app from the environment; a broken setting ends the process with sentences."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # It would add two lines to each look at the readiness.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        settings = load(ApiSettings)
        database = Database(open_engine(settings.database()))
        _check(database)
        temporal = temporal_config()
    except (SettingsError, WrongMigrationError) as error:
        raise SystemExit(str(error)) from None
    storefronts = {"gumroad": Gumroad(settings.gumroad_secrets(), settings.gumroad_seller_id)}
    spool = Spool(settings.data_dir / "spool")
    return assemble(Parts(database, storefronts, partial(_connect_lazily, temporal), spool))


@dataclass(frozen=True, slots=True)
class Parts:
    """What the app is made of, so that tests can put in their own.

    `connect` is called when the app starts: a client belongs to the running event loop.
    """

    database: Database
    storefronts: Mapping[str, Storefront]
    connect: Callable[[], Awaitable[Client]]
    spool: Spool
    task_queue: str = TASK_QUEUE
    pauses: Pauses = field(default_factory=Pauses)
    watch: timedelta = timedelta(minutes=1)
    patience: Patience = field(default_factory=Patience)


def assemble(parts: Parts) -> FastAPI:
    """Put the app together. Nothing that a stranger may ask for tells what this is."""
    hide_queries()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = await parts.connect()
        background = [asyncio.create_task(each.run()) for each in _furnish(app, parts, client)]
        yield
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)

    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan
    )
    for status in (404, 405):
        app.add_exception_handler(status, _answer_as_unknown)
    return app


def _furnish(app: FastAPI, parts: Parts, client: Client) -> tuple[Dispatcher, Drainer, Watcher]:
    """Give the app its routes; return what runs beside them."""
    database, spool = parts.database, parts.spool
    starter = Starter(client, parts.task_queue)
    dispatcher = Dispatcher(database, starter, parts.storefronts, pauses=parts.pauses)
    drainer = Drainer(spool, database, dispatcher.wake, pauses=parts.pauses)
    store = Store(
        database, spool, stored=dispatcher.wake, spooled=drainer.wake, patience=parts.patience
    )
    app.include_router(webhook_routes(Inbox(parts.storefronts, store)))
    watcher = Watcher(database, client, parts.watch)
    app.include_router(health_routes(Health(database, client, spool, warners=(watcher.warnings,))))
    return dispatcher, drainer, watcher


async def _connect_lazily(config: ClientConnectConfig) -> Client:
    # The app must take pings while Temporal is away.
    return await Client.connect(**config, lazy=True)


async def _answer_as_unknown(_request: Request, _error: Exception) -> JSONResponse:
    # A 405 would tell a stranger that the path exists, and its Allow header what it takes.
    return JSONResponse({"detail": "Not Found"}, 404)


def _check(database: Database) -> None:
    try:
        check_migrated(database.engine)
    except DatabaseAwayError as error:
        # Pings go into the spool until it is back; drainer and dispatcher then go on by themselves.
        logger.warning("%s: is it up, and is DATABASE_URL right?", error.sentence)
