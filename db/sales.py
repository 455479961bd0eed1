"""Saves parsed sales. The first reading of an order line wins; later readings change nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.events import note_event
from db.facts import keep_facts
from db.inserting import insert_once, the_one
from db.linking import link_order, link_orders
from db.tables import SaleRow
from domain.facts import Fact
from domain.sale import Product, Sale


def save_order(  # noqa: PLR0913, PLR0917 - one transaction holds all that a reading leaves
    session: Session,
    event_id: int,
    sales: Sequence[Sale],
    now: datetime,
    note: str | None = None,
    facts: Sequence[Fact] = (),
) -> tuple[int, ...]:
    """Keep an event's facts and save the lines of its payment; return the sales' ids."""
    keep_facts(session, event_id, sales[0].source, facts)
    note_event(session, event_id, note)
    saved = tuple(save_sale(session, event_id, sale, now) for sale in sales)
    link_order(session, sales[0].source, sales[0].order_id)
    link_orders(session, sales[0].source, facts)
    return saved


def save_sale(session: Session, event_id: int, sale: Sale, now: datetime) -> int:
    """Return the sale's id. Only the first call writes the sale."""
    sale_id = insert_once(session, SaleRow, **sale_values(event_id, sale, now))
    identity = {"source": sale.source, "order_id": sale.order_id, "line": sale.line}
    return sale_id or the_one(session, SaleRow, **identity).id


def sale_values(event_id: int, sale: Sale, now: datetime) -> dict[str, Any]:
    """Return the columns of a new sale."""
    return {
        "source": sale.source,
        "order_id": sale.order_id,
        "line": sale.line,
        "event_id": event_id,
        "order_number": sale.order_number,
        "product_id": sale.product.product_id,
        "product_name": sale.product.name,
        "product_aliases": list(sale.product.aliases),
        "variants": [list(variant) for variant in sale.product.variants],
        "quantity": sale.quantity,
        "price_cents": sale.price,
        "currency": sale.currency,
        "offer_code": sale.offer_code,
        "email": sale.email,
        "name": sale.name,
        "subscription_id": sale.subscription_id,
        "test": sale.test,
        "sold_at": sale.sold_at,
        "giver": sale.giver,
        "charge": sale.charge,
        "months": sale.months,
        "paid_until": sale.paid_until,
        "shop_key": sale.shop_key,
        "subscription_line": sale.subscription_line,
        "specific_ids": list(sale.product.specific_ids),
        "created_at": now,
    }


def aliases_in_subscription(
    session: Session, source: str, subscription_id: str, product_id: str
) -> tuple[str, ...]:
    """Return the further names of a product, as the subscription's newest payment tells them."""
    of_product = select(SaleRow).filter_by(
        source=source, subscription_id=subscription_id, product_id=product_id
    )
    newest = session.scalar(of_product.order_by(SaleRow.sold_at.desc(), SaleRow.id).limit(1))
    return () if newest is None else tuple(newest.product_aliases)


def load_sale(session: Session, sale_id: int) -> Sale:
    return sale_of(the_one(session, SaleRow, id=sale_id))


def sale_of(row: SaleRow) -> Sale:
    return Sale(
        source=row.source,
        order_id=row.order_id,
        line=row.line,
        order_number=row.order_number,
        product=product_of(row),
        quantity=row.quantity,
        price=row.price_cents,
        currency=row.currency,
        offer_code=row.offer_code,
        email=row.email,
        name=row.name,
        subscription_id=row.subscription_id,
        test=row.test,
        sold_at=row.sold_at,
        giver=row.giver,
        charge=bool(row.charge),
        months=row.months,
        paid_until=row.paid_until,
        shop_key=row.shop_key,
        subscription_line=row.subscription_line,
    )


def product_of(row: SaleRow) -> Product:
    return Product(
        product_id=row.product_id,
        name=row.product_name,
        aliases=tuple(row.product_aliases),
        variants=tuple((category, name) for category, name in row.variants),
        specific_ids=tuple(row.specific_ids or ()),
    )
