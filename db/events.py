"""The audit rows: storing one and dispatching it; `db.orders` settles it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, and_, case, null, select, true, update
from sqlalchemy.orm import Session

from db.clock import database_now
from db.inserting import insert_once, the_one
from db.models import Event

WAITING = "waiting to start, which happens by itself"


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


def store_event(session: Session, new: NewEvent) -> int:
    """Return the audit row's id; the same request stored twice is one row."""
    event_id = insert_once(
        session,
        Event,
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
    return event_id or the_one(session, Event, request_id=new.request_id).id


def load_event(session: Session, event_id: int) -> Event:
    return the_one(session, Event, id=event_id)


def load_event_now(session: Session, event_id: int) -> tuple[Event, datetime]:
    """Return the row, and the time on the database's clock."""
    return load_event(session, event_id), database_now(session)


def note_event(session: Session, event_id: int, note: str | None) -> None:
    """Add a note to the row's, unless there is none or the row has it: a step may run again."""
    had = load_event(session, event_id).note or ""
    if note and note not in had:
        both = f"{had}; {note}" if had else note
        session.execute(update(Event).where(Event.id == event_id).values(note=both))


def pings_of_order(session: Session, source: str, order_id: str) -> list[Event]:
    """Return every ping that names the order, whatever it says of it, in order of arrival."""
    order = select(Event).filter_by(source=source, order_id=order_id)
    return list(session.scalars(order.where(Event.kind != "test_ping").order_by(Event.id)))


def waiting_events(session: Session, limit: int, after: int = 0) -> list[WaitingEvent]:
    """Return the rows that no workflow was started for yet, in order of arrival.

    `after` is the id of the last one that the caller has seen.
    """
    rows = session.execute(
        select(Event.id, Event.source, Event.kind, Event.order_id, Event.product_id)
        .where(Event.outcome.is_(None), Event.dispatched_at.is_(None), Event.id > after)
        .order_by(Event.id)
        .limit(limit)
    )
    return [WaitingEvent(*row) for row in rows]


def started_events(session: Session, before: datetime) -> list[StartedEvent]:
    """Return the open rows whose workflow was started before that time."""
    rows = session.execute(
        select(Event.id, Event.workflow_id)
        .where(Event.outcome.is_(None), Event.dispatched_at < before)
        .order_by(Event.id)
    )
    return [StartedEvent(event_id, workflow_id or "") for event_id, workflow_id in rows]


def start_again(session: Session, event_id: int) -> bool:
    """Give a row back to the relay, as if no workflow had been started for it.

    False where it is not open any more.
    """
    result = session.execute(
        update(Event)
        .where(Event.id == event_id, Event.outcome.is_(None))
        .values(dispatched_at=None)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def mark_dispatched(session: Session, event_id: int, workflow_id: str, now: datetime) -> None:
    """Record the start. What the row waited for is over; what its run said since is kept."""
    waited_for = and_(Event.outcome.is_(None), Event.error.startswith(WAITING))
    session.execute(
        update(Event)
        .where(Event.id == event_id)
        .values(
            workflow_id=workflow_id,
            dispatched_at=now,
            error=case((waited_for, null()), else_=Event.error),
        )
    )


def record_waiting(session: Session, trouble: str, event_id: int | None = None) -> None:
    """Tell on one row, or on every row, that has no workflow yet what it waits for."""
    sentence = f"{WAITING}: {trouble}"
    session.execute(
        update(Event)
        .where(Event.outcome.is_(None), Event.dispatched_at.is_(None))
        .where(true() if event_id is None else Event.id == event_id)
        # A backlog is told once, and not at every look.
        .where(Event.error.is_distinct_from(sentence))
        .values(error=sentence)
    )
