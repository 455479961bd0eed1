"""Runs the API and the worker in this process: real HTTP, a real worker, replaceable parts."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

import api.assembling
import worker_parts
from activities.email import MailPatience
from activities.failures import RetryPace
from catalog.file import ProductsFile
from db.engine import Database
from db.views.lists import (
    DeliveryLine,
    EventLine,
    Filters,
    LicenseLine,
    list_deliveries,
    list_events,
    list_licenses,
)
from embedded.ports import NO_TLS
from kit.loop import Pauses
from kit.runs import SCHEDULED
from letters.composing import Letters
from letters.rendering import Templates
from licensing.signing import Signer
from mailers.base import EmailService
from mailers.doors import MailDoor
from mailers.outbox.service import LoggingEmailService
from relay.spool import Spool
from relay.store import StorePatience
from storefronts.base import Storefront
from storefronts.gumroad.storefront import Gumroad
from tests.support.databases import has_open_event
from tests.support.serving import serving
from tests.support.signing_loops import signing_loops
from tests.support.waiting import until

SECRET = "correct-horse-battery-staple"
FORM = "application/x-www-form-urlencoded"
QUICK_PAUSES = Pauses(*(timedelta(milliseconds=each) for each in (250, 50, 200)))
# A doubt ends a second after the longest send: short, but long enough for a busy machine.
QUICK_MAILS = MailPatience(timedelta(0), visible=timedelta(seconds=1))
# A busy machine must not push a test's request into the spool.
UNHURRIED = StorePatience(database=timedelta(seconds=60), spool=timedelta(seconds=60))
QUICK_PACE = RetryPace(operator=timedelta(milliseconds=100), transient=timedelta(milliseconds=100))

TEMPLATES = Templates()  # Compiled once.
PRODUCTS = """\
gumroad:
  - product_id: "fEv7TDvUDEKb-yaNdbudow=="
    tier: core
    years: 1
    activate: https://lumenapp.example/activate
  - product_id: "fEv7TDvUDEKb-yaNdbudow=="
    variant: {Edition: Pro}
    tier: pro
    years: 2
"""


@dataclass(slots=True)
class Mintpost:
    """A running Mintpost, with questions that tests ask."""

    url: str
    http: httpx.AsyncClient
    database: Database
    client: Client
    task_queue: str
    products: Path
    outbox: Path

    async def ping(
        self, body: bytes, secret: str = SECRET, content_type: str = FORM
    ) -> httpx.Response:
        return await self.http.post(
            f"{self.url}/webhooks/gumroad",
            params={"secret": secret},
            content=body,
            headers={"Content-Type": content_type},
        )

    async def events(self, order_id: str | None = None) -> list[EventLine]:
        return await self.database.read(list_events, Filters(order_id=order_id, limit=1000))

    async def licenses(self) -> list[LicenseLine]:
        return await self.database.read(list_licenses, Filters(limit=1000))

    async def deliveries(self) -> list[DeliveryLine]:
        return await self.database.read(list_deliveries, Filters(limit=1000))

    async def settled(self) -> list[EventLine]:
        """Wait until no event is open. Return all events, newest first."""

        async def closed() -> list[EventLine] | None:
            if await self.database.read(has_open_event):
                return None  # This look is quick, and most looks end here.
            found = await self.events()
            return found if all(event.outcome for event in found) else None

        return await until(closed, "every event has an outcome")

    async def settled_and_named(self) -> list[EventLine]:
        """Wait until each event names its workflow: a quick run ends before its start is stored."""

        async def named() -> list[EventLine] | None:
            found = await self.settled()
            return found if all(event.workflow_id for event in found) else None

        return await until(named, "every event names its workflow")

    async def parked(self) -> EventLine:
        """Wait until the newest event is open and shows a sentence."""

        async def told() -> EventLine | None:
            (newest,) = await self.database.read(list_events, Filters(limit=1))
            return newest if newest.error is not None and newest.outcome is None else None

        return await until(told, "the newest event tells its sentence")

    async def pending(self, order_id: str, step: str, words: str = "") -> str:
        """Wait until the step is pending in Temporal with a sentence that has these words.

        If another test ran the same order, its run is seen until this test's run begins.
        """

        async def waits() -> str | None:
            try:
                found = await self.run_of(order_id).describe()
            except RPCError:
                return None  # The run has not started yet.
            for activity in found.raw_description.pending_activities:
                sentence = activity.last_failure.message
                if activity.activity_id == step and activity.state == SCHEDULED and sentence:
                    return sentence if words in sentence else None
            return None

        return await until(waits, f"{step} is pending with a sentence")

    def run_of(self, order_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"gumroad:{order_id}")


@dataclass(slots=True)
class Setup:
    """Options of a Mintpost before its start. `signing` are the pauses of its signing loops."""

    database: Database
    client: Client
    task_queue: str
    folder: Path
    signer: Signer
    mailer: EmailService | None = None
    products: str = PRODUCTS
    patience: MailPatience = QUICK_MAILS
    operator: str | None = None
    seller_id: str | None = None
    with_worker: bool = True
    secrets: tuple[str, ...] = (SECRET,)
    others: Mapping[str, Storefront] = field(default_factory=dict)
    watch: timedelta = timedelta(milliseconds=250)
    storing: StorePatience = UNHURRIED
    pace: RetryPace = field(default_factory=lambda: QUICK_PACE)
    signing: Pauses | None = None
    mail_doors: Mapping[str, MailDoor] = field(default_factory=dict)


Start = Callable[[Setup], AbstractAsyncContextManager[Mintpost]]


@asynccontextmanager
async def running(setup: Setup) -> AsyncIterator[Mintpost]:
    file = setup.folder / "products.yaml"
    file.write_text(setup.products)
    async with AsyncExitStack() as stack:
        if setup.with_worker:
            await stack.enter_async_context(running_worker(setup, file))
        url = await stack.enter_async_context(running_api(web_parts(setup)))
        http = httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=60)
        await stack.enter_async_context(http)
        yield Mintpost(
            url=url,
            http=http,
            database=setup.database,
            client=setup.client,
            task_queue=setup.task_queue,
            products=file,
            outbox=setup.folder / "outbox",
        )


def web_parts(setup: Setup) -> api.assembling.ApiParts:
    async def connect() -> Client:
        return setup.client

    storefronts: dict[str, Storefront] = {"gumroad": Gumroad(setup.secrets), **setup.others}
    return api.assembling.ApiParts(
        setup.database,
        storefronts,
        connect,
        Spool(setup.folder / "spool"),
        setup.task_queue,
        QUICK_PAUSES,
        setup.watch,
        setup.storing,
        mail_doors=setup.mail_doors,
    )


def worker_parts_of(setup: Setup, products: Path) -> worker_parts.WorkerParts:
    catalog = ProductsFile(products, ("gumroad", *setup.others))
    return worker_parts.WorkerParts(
        database=setup.database,
        storefronts={"gumroad": Gumroad((), setup.seller_id), **setup.others},
        products=catalog,
        mailer=setup.mailer or LoggingEmailService(setup.folder / "outbox"),
        letters=Letters(catalog, setup.signer, TEMPLATES),
        signer=setup.signer,
        patience=setup.patience,
        operator=setup.operator,
        pace=setup.pace,
    )


@asynccontextmanager
async def running_worker(setup: Setup, products: Path) -> AsyncIterator[None]:
    parts = worker_parts_of(setup, products)
    async with (
        signing_loops(setup.database, setup.signer, setup.signing) as changed,
        worker_parts.build_worker(setup.client, parts, setup.task_queue, changed),
    ):
        yield


@asynccontextmanager
async def running_api(parts: api.assembling.ApiParts) -> AsyncIterator[str]:
    async with serving(api.assembling.assemble(parts)) as url:
        yield url
