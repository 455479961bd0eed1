"""Runs the API that answers apps, over real HTTP, and mints licenses for it at once."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.types import ASGIApp

from api.assembling import ApiParts, assemble
from api.online import open_routes
from api.online.assembling import OnlineParts
from api.online.rates import Rates
from db.engine import Database
from db.licenses import license_of as read_license
from db.orders import close_row
from db.sales import save_sale
from db.tables import LicenseRow
from domain.decisions import Decision
from domain.event import Outcome
from domain.license import License
from domain.sale import Sale
from embedded.ports import NO_TLS
from licensing.answers import AnswerSigner
from licensing.keys import new_key, new_token_id
from licensing.private_keys import generate_private_key
from relay.spool import Spool
from tests.db.rows import NOON, decision, license_of, minted, sale_of, store_event
from tests.support.outages import connect_to_nothing
from tests.support.serving import serving

ISSUER = "mintpost"
PRODUCTS = """\
gumroad:
  - product_id: product-1
    tier: pro
    years: 1
"""
SIGNER = AnswerSigner(generate_private_key().encode(), ISSUER)
"""Throw-away, and one for all tests, because no test looks for another's answers."""


@dataclass(slots=True)
class SetClock:
    """A clock that stands until the test moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class OnlineApi:
    """A running API. `http` has its address as the base."""

    url: str
    http: httpx.AsyncClient
    database: Database
    products: Path
    clock: SetClock
    app: ASGIApp
    signer: AnswerSigner = SIGNER

    async def ask(self, verb: str, **fields: object) -> httpx.Response:
        """Send fields as JSON to one of the three verbs of Mintpost's own API."""
        return await self.http.post(f"/v1/{verb}", json=fields)


@dataclass(frozen=True, slots=True)
class Given:
    """The parts of an API that a test may choose. A busy machine must not end its patience."""

    products: str | None = PRODUCTS
    dialects: Sequence[str] = ()
    clock: SetClock = field(default_factory=SetClock)
    rates: Rates = field(default_factory=Rates)
    sources: Sequence[str] = ("gumroad",)
    patience: timedelta = timedelta(seconds=60)


@asynccontextmanager
async def online_api(
    database: Database, folder: Path, given: Given | None = None
) -> AsyncIterator[OnlineApi]:
    """Run the real app without Temporal and worker. `products` None: there is no products.yaml."""
    given = given or Given()
    file = folder / "products.yaml"
    if given.products is not None:
        file.write_text(given.products)
    online = OnlineParts(
        signer=SIGNER,
        issuer=ISSUER,
        products=file,
        sources=given.sources,
        dialects=given.dialects,
        clock=given.clock,
        rates=given.rates,
    )
    parts = ApiParts(database, {}, connect_to_nothing, Spool(folder / "spool"), online=online)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_routes, "PATIENCE", given.patience)
        app = assemble(parts)
        async with (
            serving(app) as url,
            httpx.AsyncClient(base_url=url, trust_env=False, verify=NO_TLS, timeout=60) as http,
        ):
            yield OnlineApi(url, http, database, file, given.clock, app)


Value = str | int | bool | datetime | None


def sell(
    database: Database, sale: Sale | None = None, terms: Decision | None = None, **columns: Value
) -> License:
    """Mint a license, and then set columns of it.

    Two seats of product-1, tier pro, for ever, if the test says nothing else. The storefront's key
    of the sale becomes a further key.
    """
    sold, decided = sale or sale_of(), terms or decision()

    def write(session: Session) -> License:
        event_id = store_event(session, sold.order_id)
        sale_id = save_sale(session, event_id, sold, NOON)
        new = replace(
            license_of(sale_id, new_key(), event_id=event_id),
            decision=decided,
            token_id=new_token_id(),
            shop_key=sold.shop_key is not None,
        )
        license_ = minted(session, sold, new).license
        close_row(session, event_id, Outcome.FULFILLED, NOON)
        return license_

    license_ = database.write_here(write)
    return put(database, license_, **columns) if columns else license_


def put(database: Database, license_: License, **columns: Value) -> License:
    """Set columns of a license, past every rule, such as `status`, `reason` or `device_limit`."""
    which = LicenseRow.id == license_.id

    def write(session: Session) -> License:
        session.execute(update(LicenseRow).where(which).values(**columns))
        return read_license(session.execute(select(LicenseRow).where(which)).scalar_one())

    return database.write_here(write)


def waiting(database: Database, sale: Sale) -> None:
    """Store a sale whose license is not minted yet."""

    def write(session: Session) -> None:
        save_sale(session, store_event(session, sale.order_id), sale, NOON)

    database.write_here(write)
