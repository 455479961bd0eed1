"""Events: insert, load and name an event; `db.orders` settles events."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.inserting import insert_once, the_one
from db.tables import EventRow
from domain.event import Origin
from domain.identifiers import order_reference


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A new event of a storefront. `event_key` is the storefront's own id of the event."""

    source: str
    origin: Origin
    kind: str
    order_id: str | None
    product_id: str | None
    event_key: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class EventNames:
    """The names that a storefront gives an event when the worker reads its body."""

    kind: str
    order_id: str | None
    product_id: str | None
    event_key: str | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    id: int
    source: str
    origin: str
    kind: str
    order_id: str | None
    product_id: str | None
    event_key: str | None
    received_at: datetime
    workflow_id: str | None
    dispatched_at: datetime | None
    outcome: str | None
    error: str | None
    note: str | None
    closed_at: datetime | None


def insert_event(session: Session, new: NewEvent) -> int | None:
    """Return the new event's id; None if an event with the same key exists."""
    return insert_once(
        session, EventRow, **{each.name: getattr(new, each.name) for each in fields(new)}
    )


def load_event(session: Session, event_id: int) -> StoredEvent:
    row = the_one(session, EventRow, id=event_id)
    return StoredEvent(**{each.name: getattr(row, each.name) for each in fields(StoredEvent)})


def received_at(session: Session, event_id: int) -> datetime:
    return the_one(session, EventRow, id=event_id).received_at


def order_of_event(session: Session, event_id: int) -> str | None:
    """Return the name of the event's order; None if the event has none, or is unknown."""
    names = select(EventRow.source, EventRow.order_id).where(EventRow.id == event_id)
    source, order_id = session.execute(names).one_or_none() or (None, None)
    return order_reference(source, order_id) if source and order_id else None


def lock_order(session: Session, source: str, order_id: str) -> bool:
    """Lock an order until the end of the transaction; False if no event names the order.

    On PostgreSQL a correction may come while a run mints the order, or two runs may settle each
    other's event. Only the order's first event is locked, so that no deadlock is possible.
    """
    first = (
        select(EventRow.id)
        .filter_by(source=source, order_id=order_id)
        .order_by(EventRow.id)
        .limit(1)
    )
    return session.execute(first.with_for_update()).scalar_one_or_none() is not None


def name_event(session: Session, event_id: int, names: EventNames) -> int | None:
    """Name an event. Where another row has its key, name nothing, and return that row's id."""
    values = {each.name: getattr(names, each.name) for each in fields(names)}
    if names.event_key is None:
        del values["event_key"]  # The API may have read the key from a header.
    try:
        with session.begin_nested():
            session.execute(update(EventRow).where(EventRow.id == event_id).values(**values))
    except IntegrityError:
        return _note_repeated(session, event_id, names)
    return None


def _note_repeated(session: Session, event_id: int, names: EventNames) -> int:
    source = the_one(session, EventRow, id=event_id).source
    first = the_one(session, EventRow, source=source, event_key=names.event_key).id
    note_event(session, event_id, f"the storefront sent event {first} once more")
    return first


def note_event(session: Session, event_id: int, note: str | None) -> None:
    """Add a clause to the event's note, unless the note has it already."""
    if note:
        session.execute(update(EventRow).where(EventRow.id == event_id).values(note=noted(note)))


def noted(note: str) -> ColumnElement[str]:
    """Return the SQL for the note with this clause, added only once."""
    there = EventRow.note.contains(note, autoescape=True)
    return case(
        (EventRow.note.is_(None), note), (there, EventRow.note), else_=EventRow.note + "; " + note
    )
