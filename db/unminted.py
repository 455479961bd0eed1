"""Orders that facts kept from a license, and their way back to the mint."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from db.tables import EventRow, SaleRow
from db.updating import count_updated
from domain.event import DELIVERED, ORDER_KINDS, REFUSALS, NotedReason, ignored, noted

_LINE = (SaleRow.source == EventRow.source) & (SaleRow.order_id == EventRow.order_id)

REOPENED = {"outcome": None, "closed_at": None, "dispatched_at": None, "error": None}


def reopen_unminted(session: Session, source: str, order_ids: Collection[str]) -> int:
    """Let the relay run the refused ones of these orders again; return the number of events.

    An order may have minted one line before the refusal of another.
    """
    refused = and_(EventRow.outcome.in_([ignored(why) for why in REFUSALS]), ~_has_minted())
    halved = and_(EventRow.outcome.in_(DELIVERED), _has_minted())
    return _reopen(session, source, order_ids, or_(refused, halved))


def reopen_payments(session: Session, source: str, subscription_id: str) -> int:
    """Let the payments of a subscription run again that waited, because it has a license now.

    A payment that went back belongs to the story of the license, as it does when it comes after
    the license.
    """
    orders = select(SaleRow.order_id).filter_by(
        source=source, subscription_id=subscription_id, minted_at=None
    )
    ends = [noted(NotedReason.NO_SALE_YET), *(ignored(why) for why in REFUSALS)]
    which = and_(EventRow.outcome.in_(ends), ~_has_minted())
    return _reopen(session, source, set(session.scalars(orders)), which)


def _reopen(
    session: Session, source: str, order_ids: Collection[str], which: ColumnElement[bool]
) -> int:
    of_orders = and_(
        EventRow.source == source,
        EventRow.order_id.in_(order_ids),
        EventRow.kind.in_(ORDER_KINDS),
        _has_unminted(),
    )
    return count_updated(session, update(EventRow).where(of_orders, which).values(REOPENED))


def _has_unminted() -> ColumnElement[bool]:
    """Select events of an order that was saved as a sale and has an unminted line."""
    return exists().where(_LINE, SaleRow.minted_at.is_(None))


def _has_minted() -> ColumnElement[bool]:
    return exists().where(_LINE, SaleRow.minted_at.is_not(None))
