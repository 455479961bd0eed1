"""The numbers of waiting events, for the metrics."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.tables import EventRow
from domain.event import Outcome

MOST = 10_000
"""A backlog may be large, and the API asks every quarter of a minute."""


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """`parked` are the open events with a sentence, and `open` those without. None exceeds MOST."""

    open: int
    parked: int
    failed: int
    oldest: datetime | None


def waiting_counts(session: Session, most: int = MOST) -> WaitingCounts:
    is_open = EventRow.outcome.is_(None)
    rows = select(EventRow.error, EventRow.received_at).where(is_open).order_by(EventRow.id)
    oldest = rows.limit(most).subquery()
    count, parked, since = session.execute(
        select(func.count(), func.count(oldest.c.error), func.min(oldest.c.received_at))
    ).one()
    failed = select(EventRow.id).where(EventRow.outcome == Outcome.FAILED).limit(most).subquery()
    failures = session.execute(select(func.count()).select_from(failed)).scalar_one()
    return WaitingCounts(count - parked, parked, failures, since)
