"""Queries of the relay: events without a workflow, and events with a started one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, case, null, select, true, update
from sqlalchemy.orm import Session

from db.tables import EventRow, RequestRow
from db.updating import count_updated
from domain.identifiers import order_reference

WAITING = "waiting to start, which happens by itself"
"""The first words of the sentence of an event without a workflow.

`mark_dispatched` recognizes the sentence by these words, because a run may write its own sentence
before its start is recorded. The words must stay, because rows of the released version hold them.
"""


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    id: int
    source: str
    kind: str
    order_id: str | None
    product_id: str | None
    received_at: datetime | None = None
    request_id: UUID | None = None

    @property
    def order(self) -> str | None:
        return None if self.order_id is None else order_reference(self.source, self.order_id)


@dataclass(frozen=True, slots=True)
class StartedEvent:
    id: int
    workflow_id: str
    error: str | None


# Built once, because an idle relay asks every second.
_WAITING_EVENTS = (
    select(EventRow.id, EventRow.source, EventRow.kind, EventRow.order_id, EventRow.product_id)
    .add_columns(EventRow.received_at, RequestRow.request_id)
    .outerjoin(RequestRow, RequestRow.event_id == EventRow.id)
    .where(EventRow.outcome.is_(None), EventRow.dispatched_at.is_(None))
    .where(EventRow.id > bindparam("after"))
    .order_by(EventRow.id)
    .limit(bindparam("limit"))
)


def waiting_events(session: Session, limit: int, after: int = 0) -> list[WaitingEvent]:
    """Return the events without a workflow, in order of arrival.

    `after` is the id of the last event that the caller has seen.
    """
    rows = session.execute(_WAITING_EVENTS, {"after": after, "limit": limit})
    return [WaitingEvent(*row) for row in rows]


def started_events(session: Session, before: datetime) -> list[StartedEvent]:
    """Return the open events whose workflow started before that time."""
    rows = session.execute(
        select(EventRow.id, EventRow.workflow_id, EventRow.error)
        .where(EventRow.outcome.is_(None), EventRow.dispatched_at < before)
        .order_by(EventRow.id)
    )
    return [StartedEvent(event_id, name or "", error) for event_id, name, error in rows]


def tell_event(session: Session, seen: StartedEvent, error: str | None) -> None:
    """Replace the sentence of an open event, unless its run has written a new sentence."""
    session.execute(
        update(EventRow)
        .where(EventRow.id == seen.id, EventRow.outcome.is_(None))
        .where(EventRow.error.is_not_distinct_from(seen.error))
        .values(error=error)
    )


def start_again(session: Session, event_id: int) -> bool:
    """Let the relay start another workflow for an event; False if the event is settled."""
    is_open = and_(EventRow.id == event_id, EventRow.outcome.is_(None))
    return count_updated(session, update(EventRow).where(is_open).values(dispatched_at=None)) == 1


def mark_dispatched(
    session: Session, event_id: int, workflow_id: str, now: datetime, kind: str | None = None
) -> bool:
    """Record the start, and clear the waiting sentence. A sentence of the run stays.

    Return False, and change nothing, if the event's kind is no longer `kind`: then the run has
    named the event, and the relay may have to start a run under the order's id.
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
    """Write to one event, or to every event, without a workflow why it waits."""
    sentence = f"{WAITING}: {trouble}"
    session.execute(
        update(EventRow)
        .where(EventRow.outcome.is_(None), EventRow.dispatched_at.is_(None))
        .where(true() if event_id is None else EventRow.id == event_id)
        # Written once, because a backlog may be large and the relay repeats this call.
        .where(EventRow.error.is_distinct_from(sentence))
        .values(error=sentence)
    )
