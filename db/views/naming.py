"""Find an event by a name that is not the name of an order."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import EventRow, LicenseRow, SaleRow

EVENT_WITHOUT_ORDER = re.compile(r"event:([0-9]{1,18})")


def event_alone(session: Session, source: str, name: str) -> int | None:
    """Return the event that a name means; None for the name of an order.

    `event:3` names a workflow of its own; `test-3` is the order of a test event's license.
    """
    if written := EVENT_WITHOUT_ORDER.fullmatch(name):
        return int(written[1])
    row = select(EventRow).join(SaleRow, SaleRow.event_id == EventRow.id)
    event = session.scalar(row.where(SaleRow.source == source, SaleRow.order_id == name))
    return None if event is None or event.order_id == name else event.id


def order_minted_by(session: Session, event_id: int) -> str | None:
    """Return the order of the sale that was read from an event."""
    return session.scalar(select(SaleRow.order_id).filter_by(event_id=event_id).limit(1))


def licensed_order(session: Session, source: str, order_id: str) -> str:
    """Return the order that the license is named after: another one for a later charge."""
    order = select(SaleRow.subscription_id).filter_by(source=source, order_id=order_id)
    charged = LicenseRow.subscription_id.in_(order.where(SaleRow.minted_at.is_not(None)))
    own = select(LicenseRow.order_id).where(LicenseRow.source == source)
    found = session.scalar(own.where(LicenseRow.order_id == order_id).limit(1))
    return found or session.scalar(own.where(charged).limit(1)) or order_id
