"""Forty long copies of one order keep nobody else from writing."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL
from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from typing_extensions import override

from activities.close import Close
from activities.mint import Mint
from activities.parse import Parse
from activities.products_file import ProductsFile
from db.deliveries import SentMail, record_sent
from db.engine import Database
from db.events import store_event
from db.licenses import mint_license
from db.listing import Filters, list_events, list_licenses
from db.sales import load_sale
from domain.sale import Ignored, Sale
from storefronts.base import Ping, Storefront
from storefronts.gumroad import Gumroad
from tests.api.relaying import dispatcher_for
from tests.db.rows import NOON, license_of
from tests.support.pings import changed, new_event, recorded
from tests.support.running import PRODUCTS
from workflows.steps import OrderToClose, Ping as PingToParse, SaleToMint

ORDER = f"{uuid4()}=="
"""Of this module's own: a run that is left open would keep another test's from starting."""

ORDINARY = changed(recorded("01"), sale_id=ORDER)
COPIES = 40
MIB = 1024 * 1024
NEW = "ada.right@example.com"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Watched(Gumroad):
    """Notes what each reading of a body keeps others from: writing, or the event loop."""

    file: str
    loop: int = field(default_factory=threading.get_ident)
    locked: list[str] = field(default_factory=list)
    read: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(())

    def look(self, ping: Ping) -> None:
        self.read.append(len(ping.body))
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
    def parse(self, ping: Ping) -> Sale | Ignored:
        self.look(ping)
        return super().parse(ping)

    @override
    def is_undone(self, pings: Iterable[Ping]) -> bool:
        return super().is_undone(map(self.looked, pings))

    def looked(self, ping: Ping) -> Ping:
        self.look(ping)
        return ping


@pytest.fixture
def watched(database_url: URL) -> Watched:
    return Watched(str(database_url.database))


def long_copy(email: str) -> bytes:
    body = changed(ORDINARY, email=email) + b"&url_params%5Bx%5D="
    return body + b"%" * (MIB - len(body))


async def store_copies(database: Database) -> int:
    """Store an ordinary ping and its long copies; return the first one's id."""
    first = await database.run(store_event, new_event(ORDINARY, ORDER))
    for _ in range(COPIES):
        await database.run(store_event, new_event(long_copy(NEW), ORDER))
    return first


async def parse_and_deliver(
    database: Database, storefronts: Mapping[str, Storefront], first: int
) -> None:
    """Take an order to its close: minted by the database alone, so that no body is read for it."""
    parsed = await ActivityEnvironment().run(Parse(database, storefronts).parse, PingToParse(first))

    def mint(session: Session) -> None:
        sale_id = parsed.sale_id or 0
        minted = mint_license(session, load_sale(session, sale_id), license_of(sale_id), NOON)
        deliver(session, minted.delivery_id)

    await database.run(mint)


def deliver(session: Session, delivery_id: int | None) -> None:
    record_sent(session, delivery_id or 0, SentMail("logged", "outbox", "a-message"), NOON)


async def test_mint_and_close_read_no_body_while_anything_is_locked(
    database: Database, watched: Watched, tmp_path: Path
) -> None:
    products = tmp_path / "products.yaml"
    products.write_text(PRODUCTS)
    storefronts = {"gumroad": watched}
    first = await store_copies(database)
    step = ActivityEnvironment()

    parsed = await step.run(Parse(database, storefronts).parse, PingToParse(first))
    assert parsed.sale_id is not None
    mint = Mint(database, storefronts, ProductsFile(products, ("gumroad",)))
    minted = await step.run(mint.mint, SaleToMint(first, parsed.sale_id))
    await database.run(deliver, minted.delivery_id)
    close = Close(database, storefronts)
    closed = await step.run(close.close, OrderToClose(first, "fulfilled"))

    assert (closed.rows, watched.locked) == (COPIES + 1, [])
    # Whether it was refunded, and whom it names: each is read for both.
    assert watched.read.count(MIB) == 2 * COPIES
    (license_,) = await database.read(list_licenses, Filters())
    assert license_.email == NEW
    told = "its body has 1,048,576 bytes, and was not compared with the sale"
    late = await database.read(list_events, Filters(limit=COPIES))
    assert {event.note for event in late} == {f"the order was settled by ping {first}; {told}"}


async def test_relay_reads_no_body_while_anything_is_locked(
    database: Database, client: Client, watched: Watched
) -> None:
    storefronts = {"gumroad": watched}
    first = await database.run(store_event, new_event(ORDINARY, ORDER))
    await parse_and_deliver(database, storefronts, first)
    close = Close(database, storefronts)
    await ActivityEnvironment().run(close.close, OrderToClose(first, "fulfilled"))
    for _ in range(COPIES):
        await database.run(store_event, new_event(changed(ORDINARY, email=NEW), ORDER))

    assert await dispatcher_for(database, client, storefronts).look()

    late = await database.read(list_events, Filters(limit=COPIES))
    assert {event.outcome for event in late} == {"duplicate"}
    assert all("another address" in (event.note or "") for event in late)
    assert watched.locked == []
    assert len(watched.read) == 2 + COPIES


async def test_body_that_was_cut_is_not_read(database: Database, watched: Watched) -> None:
    storefronts: dict[str, Storefront] = {"gumroad": watched}
    first = await database.run(store_event, new_event(ORDINARY, ORDER))
    whole = new_event(changed(ORDINARY, email="another." + NEW), ORDER)
    await database.run(store_event, replace(whole, body_bytes=len(whole.body) + 1))
    await parse_and_deliver(database, storefronts, first)
    close = Close(database, storefronts)
    await ActivityEnvironment().run(close.close, OrderToClose(first, "fulfilled"))
    (newest,) = await database.read(list_events, Filters(limit=1))
    assert newest.note == f"the order was settled by ping {first}"
    assert set(watched.read) == {len(ORDINARY)}


async def test_long_ping_that_was_sold_is_compared_and_nothing_is_said_of_it(
    database: Database, watched: Watched
) -> None:
    storefronts: dict[str, Storefront] = {"gumroad": watched}
    only = await database.run(store_event, new_event(long_copy(NEW), ORDER))
    await parse_and_deliver(database, storefronts, only)
    await ActivityEnvironment().run(
        Close(database, storefronts).close, OrderToClose(only, "fulfilled")
    )
    (row,) = await database.read(list_events, Filters())
    assert (row.outcome, row.note, watched.read) == ("fulfilled", None, [MIB, MIB])
