"""Rows for the tests of `db/`."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.engine import Database
from db.events import load_event
from db.inserting import the_one
from db.licenses import LicenseWithDelivery
from db.minting import NewLicense, mint_license
from db.requests import NewRequest, store_request
from db.sales import save_sale
from db.tables import SaleRow
from domain.decisions import Decision
from domain.sale import Product, Sale

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
BUYER = "ada.buyer@example.com"
KEY = "MINT-SECRET-KEY"


def new_request(
    order_id: str | None = "order-1",
    kind: str = "sale",
    *,
    source: str = "gumroad",
    received_at: datetime = NOON,
) -> NewRequest:
    return NewRequest(
        request_id=uuid4(),
        source=source,
        kind=kind,
        order_id=order_id,
        product_id="product-1",
        received_at=received_at,
        sender=None,
        content_type="text/plain",
        headers=(("host", "x"),),
        body=b"\x00\xff",
        body_bytes=2,
        matched_secret=0,
    )


def store_event(session: Session, order_id: str | None = "order-1", kind: str = "sale") -> int:
    return store_request(session, new_request(order_id, kind))


def told(session: Session, event_id: int) -> tuple[str | None, str | None, str | None]:
    event = load_event(session, event_id)
    return event.outcome, event.error, event.note


def stored(database: Database, *orders_and_kinds: tuple[str | None, str]) -> list[int]:
    return [database.write_here(store_event, order, kind) for order, kind in orders_and_kinds]


def sale_of(order_id: str = "order-1", subscription_id: str | None = None) -> Sale:
    return Sale(
        source="gumroad",
        order_id=order_id,
        product=Product("product-1", "Lumen", ("lumen",), (("Edition", "Pro"),)),
        quantity=2,
        price=2900,
        currency="usd",
        email=BUYER,
        name="Ada Buyer",
        sold_at=NOON,
        subscription_id=subscription_id,
    )


def decision(ends_at: datetime | None = None) -> Decision:
    return Decision(
        "product-1", "Lumen", "pro", 1, 2, None, "0" * 64, mapped_under="gumroad", ends_at=ends_at
    )


def license_of(
    sale_id: int, key: str = KEY, ends_at: datetime | None = None, event_id: int = 0
) -> NewLicense:
    return NewLicense(sale_id, event_id, key, decision(ends_at))


def mint(session: Session, sale: Sale, key: str = KEY, now: datetime = NOON) -> LicenseWithDelivery:
    """Store an event of the sale, the sale and its license."""
    event_id = store_event(session, sale.order_id)
    sale_id = save_sale(session, event_id, sale, now)
    return minted(session, sale, license_of(sale_id, key, event_id=event_id), now)


def minted(
    session: Session, sale: Sale, new: NewLicense, now: datetime = NOON
) -> LicenseWithDelivery:
    """Mint for the event of the sale, if the new license names no other."""
    event_id = new.event_id or the_one(session, SaleRow, id=new.sale_id).event_id
    done = mint_license(session, sale, replace(new, event_id=event_id), now)
    assert isinstance(done, LicenseWithDelivery), done
    return done


def store_end(session: Session, end: str) -> None:
    """Write an end into every license, in the form of older versions, which kept no decision."""
    session.execute(text("UPDATE sales SET decided = NULL"))
    zone = "+00:00" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(text(f"UPDATE licenses SET expires_at = '{end}{zone}'"))  # noqa: S608 - ours
