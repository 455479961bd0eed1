"""Earlier orders, with the request that brought each, for events that belong to one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session

from db.facts import facts_of_event
from db.remaps import licenses_of_order
from db.tables import EventRow, FactRow, RequestRow, SaleRow
from db.views.lists import Filters, LicenseLine, SaleLine, list_licenses, list_sales
from domain.facts import SubscriptionState
from domain.sale import Variants


@dataclass(frozen=True, slots=True)
class EarlierOrder:
    """An order with its request.

    `paid` are the orders of the same subscription with their times, oldest first. `variants` and
    `quantity` are the plan of today, which an event may have changed after the order.
    """

    sale: SaleLine
    content_type: str
    body: bytes
    paid: tuple[tuple[str, datetime], ...]
    variants: Variants
    quantity: int


def list_earlier(session: Session, source: str, test: bool, of_membership: bool) -> list[SaleLine]:  # noqa: FBT001 - `Database.read` passes by position
    """Return sales that came with a whole request of their own, newest first."""
    which = and_(
        _has_request(),
        SaleRow.test.is_(test),
        SaleRow.subscription_id.is_not(None) if of_membership else true(),
    )
    return list_sales(session, Filters(source=source), which)


def load_earlier(session: Session, source: str, order_id: str) -> EarlierOrder | None:
    """Return the order with its request; None for an order that came without one."""
    found = list_sales(session, Filters(source=source, order_id=order_id), _has_request())
    if not found:
        return None
    sale = found[-1]
    request = session.execute(
        select(RequestRow.content_type, RequestRow.body, RequestRow.event_id)
        .join(SaleRow, SaleRow.event_id == RequestRow.event_id)
        .where(SaleRow.id == sale.id)
    ).one()
    paid, plan = _paid(session, sale), _plan(session, sale, request.event_id)
    return EarlierOrder(sale, request.content_type, request.body, paid, *plan)


def licenses_around(session: Session, source: str, order_id: str) -> list[LicenseLine]:
    """Return the licenses of an order, and of the membership that the order belongs to."""
    ids = licenses_of_order(session, source, order_id)
    return list_licenses(session, Filters(ids=ids))


def is_brought_by(session: Session, event_id: int, body: bytes) -> bool:
    """Tell whether this body brought the event, because another database has such an id too."""
    found = select(RequestRow.body).where(RequestRow.event_id == event_id)
    return session.scalar(found) == body


def _paid(session: Session, sale: SaleLine) -> tuple[tuple[str, datetime], ...]:
    if sale.subscription_id is None:
        return ((sale.order_id, sale.sold_at),)
    of_subscription = select(SaleRow.order_id, SaleRow.sold_at).filter_by(
        source=sale.source, subscription_id=sale.subscription_id
    )
    rows = session.execute(of_subscription.order_by(SaleRow.sold_at, SaleRow.id))
    return tuple((order_id, at) for order_id, at in rows)


def _plan(session: Session, sale: SaleLine, event_id: int) -> tuple[Variants, int]:
    """Return the plan of the order, with the changes that were told after it."""
    variants, quantity = sale.variants, sale.quantity
    for state in _told_after(session, sale, event_id):
        if state.product is not None:
            variants = {**variants, **dict(state.product.variants)}
        quantity = state.seats or quantity
    return tuple(variants.items()), quantity


def _told_after(session: Session, sale: SaleLine, event_id: int) -> Iterator[SubscriptionState]:
    if sale.subscription_id is None:
        return
    told = select(FactRow.event_id).filter_by(
        source=sale.source, subscription_id=sale.subscription_id, kind=SubscriptionState.kind
    )
    later = told.where(FactRow.event_id > event_id).order_by(FactRow.event_id, FactRow.number)
    for each in dict.fromkeys(session.scalars(later)):
        facts = facts_of_event(session, each)
        yield from (fact for fact in facts if isinstance(fact, SubscriptionState))


def _has_request() -> ColumnElement[bool]:
    """Leave out the orders of test events, whose bodies name a real customer's order."""
    return exists().where(
        EventRow.id == SaleRow.event_id,
        EventRow.order_id == SaleRow.order_id,
        RequestRow.event_id == EventRow.id,
        RequestRow.body_bytes <= func.length(RequestRow.body),
    )
