"""Orders that facts kept from a license, and their way back to the mint."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from db.tables import EventRow, SaleRow
from db.updating import count_updated
from domain.event import ORDER_KINDS, REFUSALS, ignored

REOPENED = {"outcome": None, "closed_at": None, "dispatched_at": None, "error": None}


def reopen_unminted(session: Session, source: str, order_ids: Collection[str]) -> int:
    """Let the relay run the refused ones of these orders again; return the number of events."""
    refused = update(EventRow).where(
        EventRow.source == source,
        EventRow.order_id.in_(order_ids),
        EventRow.kind.in_(ORDER_KINDS),
        EventRow.outcome.in_([ignored(why) for why in REFUSALS]),
        _waits_unminted(),
    )
    return count_updated(session, refused.values(REOPENED))


def reopen_payments(session: Session, source: str, subscription_id: str) -> int:
    """Let the refused payments of a subscription run again, because it has a license now.

    A payment that went back belongs to the story of the license, as it does when it comes after
    the license.
    """
    orders = select(SaleRow.order_id).filter_by(
        source=source, subscription_id=subscription_id, minted_at=None
    )
    return reopen_unminted(session, source, set(session.scalars(orders)))


def _waits_unminted() -> ColumnElement[bool]:
    """Select events of an order that was saved as a sale and has minted no line."""
    line = (SaleRow.source == EventRow.source) & (SaleRow.order_id == EventRow.order_id)
    minted = exists().where(line, SaleRow.minted_at.is_not(None))
    return exists().where(line) & ~minted
