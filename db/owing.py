"""The missing work of an order: its sale, its license, or the e-mail for the license."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from db.events import StoredEvent, load_event
from db.licenses import find_minted
from db.owed_emails import is_owed
from db.sales import load_sale
from db.tables import SaleRow
from domain.event import ORDER_KINDS


def owed_step(
    session: Session, event_id: int, unlicensed: Collection[int] = frozenset()
) -> str | None:
    """Return the step of this event's order with missing work; None if the order is done.

    `unlicensed` are the sales of lines without a license.
    """
    event = load_event(session, event_id)
    sales = session.scalars(select(SaleRow.id).where(_is_sale_of(event))).all()
    if not sales:
        return "parse"
    licensed = [sale_id for sale_id in sales if sale_id not in unlicensed]
    return next(filter(None, (_owed_of(session, sale_id) for sale_id in licensed)), None)


def _owed_of(session: Session, sale_id: int) -> str | None:
    minted = find_minted(session, load_sale(session, sale_id))
    if minted is None:
        return "mint"
    if minted.delivery_id is not None and is_owed(session, minted.delivery_id):
        return "email"
    return None


def _is_sale_of(event: StoredEvent) -> ColumnElement[bool]:
    # A test event names a real order, but its sale has an order of its own.
    own = SaleRow.event_id == event.id
    if event.kind not in ORDER_KINDS:
        return own
    return or_(own, and_(SaleRow.source == event.source, SaleRow.order_id == event.order_id))
