"""Finds the open rows of orders that are settled."""

from functools import cache

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from db.orders import IS_OPEN, is_settled
from db.tables import EventRow
from domain.event import ORDER_KINDS
from domain.identifiers import EVENT_MARK

_HAS_OWN_RUN = and_(
    EventRow.dispatched_at.is_not(None), EventRow.workflow_id.contains(EVENT_MARK, autoescape=True)
)


def late_copies(session: Session) -> list[tuple[int, int]]:
    """Return the open rows of settled orders, each with the row that settled the order.

    An event may arrive after its order is settled, or join a run after the last step. A copy with
    a run of its own is left out.
    """
    return [(copy, settled_by) for copy, settled_by in session.execute(_late_copies())]


@cache
def _late_copies() -> Select[int, int]:
    """Build the statement once, because an idle relay asks every second."""
    other = aliased(EventRow)
    return (
        select(EventRow.id, func.min(other.id))
        .join(other, and_(other.source == EventRow.source, other.order_id == EventRow.order_id))
        .where(IS_OPEN, EventRow.kind.in_(ORDER_KINDS), ~_HAS_OWN_RUN)
        .where(other.kind.in_(ORDER_KINDS), is_settled(other.outcome))
        .group_by(EventRow.id)
        .order_by(EventRow.id)
    )
