"""Forty long copies of one order do not block other writers."""

import sqlite3
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from typing_extensions import override

from activities.close import Close
from activities.mint import Mint
from activities.parse import Parse
from catalog.file import ProductsFile
from db.deliveries import SentMail, record_sent
from db.engine import Database
from db.requests import store_request
from db.views.lists import Filters, list_events, list_licenses
from domain.delivery import DeliveryStatus
from domain.facts import Reading
from kit.clock import utc_now
from storefronts.base import StoredRequest, Storefront
from storefronts.gumroad.storefront import Gumroad
from tests.support.pings import changed, new_event, recorded
from tests.support.relaying import dispatcher_for
from tests.support.running import PRODUCTS
from workflows.steps import ClosedOrder, EventToParse, OrderToClose, SaleToMint

ORDER = f"{uuid4()}=="
"""A new order id, because the relay may start its run in a queue without a worker."""

ORDINARY = changed(recorded("01"), sale_id=ORDER)
COPIES = 40
MIB = 1024 * 1024
NEW = "ada.right@example.com"

Fulfill = Callable[[int], Awaitable[ClosedOrder]]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Watched(Gumroad):
    """Records if a reading of a body blocks the writers or the event loop."""

    file: str
    loop: int = field(default_factory=threading.get_ident)
    locked: list[str] = field(default_factory=list)
    bodies: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(())

    def look(self, request: StoredRequest) -> None:
        self.bodies.append(len(request.body))
        if threading.get_ident() == self.loop:
            self.locked.append("the event loop")
        other = sqlite3.connect(self.file, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        except sqlite3.OperationalError:
            self.locked.append("the database")
        finally:
            other.close()

    @override
    def read(self, request: StoredRequest) -> Reading:
        self.look(request)
        return super().read(request)


@pytest.fixture
def watched(database_url: URL) -> Watched:
    return Watched(str(database_url.database))


def long_copy(email: str) -> bytes:
    body = changed(ORDINARY, email=email) + b"&url_params%5Bx%5D="
    return body + b"%" * (MIB - len(body))


async def store_copies(database: Database) -> int:
    """Store an ordinary event and its long copies; return the id of the ordinary event."""
    first = await database.write(store_request, new_event(ORDINARY, ORDER))
    for _ in range(COPIES):
        await database.write(store_request, new_event(long_copy(NEW), ORDER))
    return first


@pytest.fixture
def fulfill(database: Database, watched: Watched, tmp_path: Path) -> Fulfill:
    """Return a runner of an event's steps, with a mail that counts as written down."""
    products = tmp_path / "products.yaml"
    products.write_text(PRODUCTS)
    storefronts: dict[str, Storefront] = {"gumroad": watched}
    step = ActivityEnvironment()

    async def steps(event_id: int) -> ClosedOrder:
        parsed = await step.run(Parse(database, storefronts).parse, EventToParse(event_id))
        assert parsed.sale_id is not None
        mint = Mint(database, storefronts, ProductsFile(products, ("gumroad",)))
        minted = await step.run(mint.mint, SaleToMint(event_id, parsed.sale_id))
        assert minted.delivery_id is not None
        sent = SentMail(DeliveryStatus.LOGGED, "outbox", "a file")
        await database.write(record_sent, minted.delivery_id, sent, utc_now())
        close = Close(database, storefronts)
        return await step.run(close.close, OrderToClose(event_id, "fulfilled"))

    return steps


async def test_mint_and_close_read_no_body_while_anything_is_locked(
    database: Database, watched: Watched, fulfill: Fulfill
) -> None:
    first = await store_copies(database)
    closed = await fulfill(first)

    assert (closed.rows, watched.locked) == (COPIES + 1, [])
    # Each body is read once. Refund and address are questions to its facts.
    assert watched.bodies.count(MIB) == COPIES
    (license_,) = await database.read(list_licenses, Filters())
    assert license_.email == NEW
    told = "its body has 1,048,576 bytes, and was not compared with the sale"
    late = await database.read(list_events, Filters(limit=COPIES))
    assert {event.note for event in late} == {f"the order was settled by event {first}; {told}"}


async def test_relay_reads_no_body_while_anything_is_locked(
    database: Database, client: Client, watched: Watched, fulfill: Fulfill
) -> None:
    await fulfill(await database.write(store_request, new_event(ORDINARY, ORDER)))
    for _ in range(COPIES):
        await database.write(store_request, new_event(changed(ORDINARY, email=NEW), ORDER))

    read = len(watched.bodies)
    assert await dispatcher_for(database, client, {"gumroad": watched}).look()

    late = await database.read(list_events, Filters(limit=COPIES))
    assert {event.outcome for event in late} == {"duplicate"}
    assert all("another address" in (event.note or "") for event in late)
    assert watched.locked == []
    assert len(watched.bodies) == read + COPIES


async def test_body_that_was_cut_is_not_read(
    database: Database, watched: Watched, fulfill: Fulfill
) -> None:
    first = await database.write(store_request, new_event(ORDINARY, ORDER))
    whole = new_event(changed(ORDINARY, email="another." + NEW), ORDER)
    await database.write(store_request, replace(whole, body_bytes=len(whole.body) + 1))
    await fulfill(first)
    (newest,) = await database.read(list_events, Filters(limit=1))
    assert newest.note == f"the order was settled by event {first}"
    assert set(watched.bodies) == {len(ORDINARY)}


async def test_long_ping_that_was_sold_is_compared_and_nothing_is_said_of_it(
    database: Database, watched: Watched, fulfill: Fulfill
) -> None:
    await fulfill(await database.write(store_request, new_event(long_copy(NEW), ORDER)))
    (row,) = await database.read(list_events, Filters())
    assert (row.outcome, row.note, watched.bodies) == ("fulfilled", None, [MIB])
