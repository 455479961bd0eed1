"""The events that wait or failed, for status, alerts and `/readyz`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.tables import EventRow
from domain.event import EventStatus, Outcome, unsettled_status
from domain.grouping import WaitingEvent


@dataclass(frozen=True, slots=True)
class OpenEvents:
    """The number of open events, and the arrival of the oldest; None without an open event."""

    count: int
    oldest: datetime | None


def count_open(session: Session) -> OpenEvents:
    """Count the open events. The index of open events makes this quick in any database."""
    found = select(func.count(), func.min(EventRow.received_at)).where(EventRow.outcome.is_(None))
    count, oldest = session.execute(found).one()
    return OpenEvents(count, oldest)


def open_or_failed_events(session: Session) -> list[WaitingEvent]:
    """Return every event that is open, parked or failed."""
    rows = session.execute(
        select(
            EventRow.id,
            EventRow.source,
            EventRow.order_id,
            EventRow.workflow_id,
            EventRow.outcome,
            EventRow.error,
            EventRow.received_at,
            EventRow.closed_at,
        ).where(or_(EventRow.outcome.is_(None), EventRow.outcome == Outcome.FAILED))
    )
    return [
        WaitingEvent(
            id=row.id,
            source=row.source,
            order_id=row.order_id,
            workflow_id=row.workflow_id,
            status=_status(row.outcome, row.error),
            sentence=row.error,
            received_at=row.received_at,
            closed_at=row.closed_at,
        )
        for row in rows
    ]


def _status(outcome: str | None, error: str | None) -> EventStatus:
    return unsettled_status(error) if outcome is None else EventStatus.FAILED
