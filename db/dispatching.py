"""What the relay asks of the events: which wait for a workflow, and which were started."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, null, select, true, update
from sqlalchemy.orm import Session

from db.tables import EventRow
from db.updating import count_updated

WAITING = "waiting to start, which happens by itself"
"""Begins the sentence of an event that no workflow was started for.

`mark_dispatched` knows that sentence by its beginning: a run may have written another one before
its start is recorded. Rows of the released version hold the same words, so they must stay.
"""


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    id: int
    source: str
    kind: str
    order_id: str | None
    product_id: str | None


@dataclass(frozen=True, slots=True)
class StartedEvent:
    id: int
    workflow_id: str
    error: str | None


def waiting_events(session: Session, limit: int, after: int = 0) -> list[WaitingEvent]:
    """Return the rows that no workflow was started for yet, in order of arrival.

    `after` is the id of the last one that the caller has seen.
    """
    rows = session.execute(
        select(EventRow.id, EventRow.source, EventRow.kind, EventRow.order_id, EventRow.product_id)
        .where(EventRow.outcome.is_(None), EventRow.dispatched_at.is_(None), EventRow.id > after)
        .order_by(EventRow.id)
        .limit(limit)
    )
    return [WaitingEvent(*row) for row in rows]


def started_events(session: Session, before: datetime) -> list[StartedEvent]:
    """Return the open rows whose workflow was started before that time."""
    rows = session.execute(
        select(EventRow.id, EventRow.workflow_id, EventRow.error)
        .where(EventRow.outcome.is_(None), EventRow.dispatched_at < before)
        .order_by(EventRow.id)
    )
    return [StartedEvent(event_id, name or "", error) for event_id, name, error in rows]


def tell_event(session: Session, seen: StartedEvent, error: str | None) -> None:
    """Replace the sentence of an open row, unless its run said another one meanwhile."""
    session.execute(
        update(EventRow)
        .where(EventRow.id == seen.id, EventRow.outcome.is_(None))
        .where(EventRow.error.is_not_distinct_from(seen.error))
        .values(error=error)
    )


def start_again(session: Session, event_id: int) -> bool:
    """Give a row back to the relay, as if no workflow had been started for it.

    False where it is not open any more.
    """
    is_open = and_(EventRow.id == event_id, EventRow.outcome.is_(None))
    return count_updated(session, update(EventRow).where(is_open).values(dispatched_at=None)) == 1


def mark_dispatched(
    session: Session, event_id: int, workflow_id: str, now: datetime, kind: str | None = None
) -> bool:
    """Record the start. What the row waited for is over; what its run said since is kept.

    Return False, and change nothing, if the row's kind is no longer `kind`: its run has named it,
    and the relay may have to start it under another id.
    """
    waited_for = and_(EventRow.outcome.is_(None), EventRow.error.startswith(WAITING))
    started = (
        update(EventRow)
        .where(EventRow.id == event_id, true() if kind is None else EventRow.kind == kind)
        .values(
            workflow_id=workflow_id,
            dispatched_at=now,
            error=case((waited_for, null()), else_=EventRow.error),
        )
    )
    return count_updated(session, started) == 1


def record_waiting(session: Session, trouble: str, event_id: int | None = None) -> None:
    """Tell on one row, or on every row, that has no workflow yet what it waits for."""
    sentence = f"{WAITING}: {trouble}"
    session.execute(
        update(EventRow)
        .where(EventRow.outcome.is_(None), EventRow.dispatched_at.is_(None))
        .where(true() if event_id is None else EventRow.id == event_id)
        # A backlog is told once, and not at every look.
        .where(EventRow.error.is_distinct_from(sentence))
        .values(error=sentence)
    )
