"""The events: storing one and dispatching it; `db.orders` settles it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, null, select, true, update
from sqlalchemy.orm import Session

from db.clock import database_now
from db.inserting import insert_once, the_one
from db.tables import EventRow
from db.updating import count_updated
from domain.event import EventKind

WAITING = "waiting to start, which happens by itself"
"""Begins the sentence of an event that no workflow was started for.

`mark_dispatched` knows that sentence by its beginning: a run may have written another one before
its start is recorded. Rows of the released version hold the same words, so they must stay.
"""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An authenticated request as it came. `body` is what is kept of `body_bytes`."""

    request_id: UUID
    source: str
    kind: str
    order_id: str | None
    product_id: str | None
    received_at: datetime
    sender: str | None
    content_type: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_bytes: int
    matched_secret: int


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


def store_event(session: Session, new: NewEvent) -> int:
    """Return the event's id; the same request stored twice is one event."""
    event_id = insert_once(
        session,
        EventRow,
        request_id=new.request_id,
        source=new.source,
        kind=new.kind,
        order_id=new.order_id,
        product_id=new.product_id,
        received_at=new.received_at,
        sender=new.sender,
        content_type=new.content_type,
        headers=[list(header) for header in new.headers],
        body=new.body,
        body_bytes=new.body_bytes,
        matched_secret=new.matched_secret,
    )
    return event_id or the_one(session, EventRow, request_id=new.request_id).id


def load_event(session: Session, event_id: int) -> EventRow:
    return the_one(session, EventRow, id=event_id)


def load_event_now(session: Session, event_id: int) -> tuple[EventRow, datetime]:
    """Return the row, and the time on the database's clock."""
    return load_event(session, event_id), database_now(session)


def lock_order(session: Session, source: str, order_id: str) -> bool:
    """Let those who decide on an order take turns; False where no event names it.

    On PostgreSQL a correction may come while the order is minted, or two runs may settle each
    other's row. One row is locked, so that no two who lock several can wait for each other.
    """
    first = (
        select(EventRow.id)
        .filter_by(source=source, order_id=order_id)
        .order_by(EventRow.id)
        .limit(1)
    )
    return session.execute(first.with_for_update()).scalar_one_or_none() is not None


def name_event(
    session: Session, event_id: int, kind: str, order_id: str | None, product_id: str | None
) -> None:
    session.execute(
        update(EventRow)
        .where(EventRow.id == event_id)
        .values(kind=kind, order_id=order_id, product_id=product_id)
    )


def note_event(session: Session, event_id: int, note: str | None) -> None:
    """Add to what the row's note says, where there is something; said again, it is said once."""
    if note:
        session.execute(update(EventRow).where(EventRow.id == event_id).values(note=noted(note)))


def noted(note: str) -> ColumnElement[str]:
    """Return the row's note with this clause added, unless it is there."""
    there = EventRow.note.contains(note, autoescape=True)
    return case(
        (EventRow.note.is_(None), note), (there, EventRow.note), else_=EventRow.note + "; " + note
    )


def copies_of_order(session: Session, source: str, order_id: str) -> list[tuple[int, str]]:
    """Return id and kind of every event that names the order and was kept whole, as they came.

    Without the bodies, each of which may have a MiB.
    """
    order = select(EventRow.id, EventRow.kind).filter_by(source=source, order_id=order_id)
    whole = EventRow.body_bytes <= func.length(EventRow.body)
    rows = session.execute(
        order.where(EventRow.kind != EventKind.TEST_PING, whole).order_by(EventRow.id)
    )
    return [(event_id, kind) for event_id, kind in rows]


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
