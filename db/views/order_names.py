"""The names of the newest orders, which a shell completes."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.tables import EventRow
from db.views.statuses import event_has
from domain.event import OPERATOR, EventKind
from domain.identifiers import order_reference

EVENTS = 2000
"""A person waits for the answer, so the query reads no more events than this."""


def newest_orders(session: Session, status: str | None) -> list[str]:
    """Return the orders of the newest events, with this status if one is given, newest first."""
    query = select(EventRow.source, EventRow.order_id).where(EventRow.order_id.is_not(None))
    if status is not None:
        query = query.where(event_has(status))
    # An act names an order of another source.
    query = query.where(
        or_(
            EventRow.source != OPERATOR,
            and_(EventRow.source == OPERATOR, EventRow.kind == EventKind.GRANT),
        )
    )
    rows = session.execute(query.order_by(EventRow.id.desc()).limit(EVENTS))
    names = (order_reference(source, order_id) for source, order_id in rows if order_id)
    return list(dict.fromkeys(names))
