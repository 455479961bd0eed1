"""Events that an older version ignored, and that tell facts by now.

Related events are applied in one transaction, because each license must go to its present state at
once. One by one, a dispute and its end would take a license away, give it back, and mail that.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from db.applying import Applied, NewFacts, apply_event
from db.events import EventNames, load_event, name_event, note_event
from db.facts import decide_facts, keep_facts
from db.tables import EventRow, FactRow, RequestRow, SaleRow
from db.undoing import undone
from domain.event import (
    APPLIED_KINDS,
    IGNORED,
    ORDER_KINDS,
    EventKind,
    NotedReason,
    Outcome,
    ignored,
    noted,
)

AT_ONCE = 500
"""A query takes so many names: SQLite allows 32,766 parameters."""

REFUNDED_COPY = "this copy says that it was refunded"
"""The released version wrote these words on a copy, and did nothing else."""

UNREAD = (ignored(EventKind.UNKNOWN), noted(NotedReason.UNKNOWN_EVENT))


@dataclass(frozen=True, slots=True)
class RereadEvent:
    """An event that was read again. `names` replace its names, if it was unknown."""

    new: NewFacts
    notes: tuple[str, ...]
    newest: datetime
    names: EventNames | None = None


@dataclass(frozen=True, slots=True)
class RereadResult:
    """The result of an event. `told` are clauses with no personal data.

    `goes_on`: the relay starts a run, which sends the mail, or waits for a moment that lies ahead.
    """

    event_id: int
    outcome: str
    told: tuple[str, ...]
    mails: int
    goes_on: bool


def old_events(session: Session, sources: Collection[str], after: int, limit: int) -> list[int]:
    """Return the next events that an older version left unused, if their requests are kept."""
    has_request = exists().where(RequestRow.event_id == EventRow.id)
    which = select(EventRow.id).where(
        EventRow.source.in_(sources), EventRow.id > after, _left_unused(), has_request
    )
    return [*session.scalars(which.order_by(EventRow.id).limit(limit))]


def subscriptions_of(
    session: Session, orders: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return the subscription of each order, by source and order id, where it has one."""
    named = select(SaleRow.source, SaleRow.order_id, SaleRow.subscription_id)
    found: dict[tuple[str, str], str] = {}
    for start in range(0, len(orders), AT_ONCE):
        some = tuple_(SaleRow.source, SaleRow.order_id).in_(orders[start : start + AT_ONCE])
        rows = session.execute(named.where(some, SaleRow.subscription_id.is_not(None)))
        found |= {(source, order): str(name) for source, order, name in rows}
    return found


def preview_events(
    session: Session, related: Sequence[RereadEvent], now: datetime
) -> list[RereadResult]:
    with undone(session):
        return apply_events(session, related, now)


def apply_events(
    session: Session, related: Sequence[RereadEvent], now: datetime
) -> list[RereadResult]:
    """Apply related events together. An event that is used by now is left out."""
    unused = _still_unused(session, [each.new.event_id for each in related])
    events = [each for each in related if each.new.event_id in unused and _named(session, each)]
    for each in events:
        new = each.new
        keep_facts(session, new.event_id, new.source, new.facts)
        decide_facts(session, new.event_id, new.decisions)
    # The first application changes the license, so it shall be that of the newest event.
    newest_first = sorted(events, key=lambda each: (each.newest, each.new.event_id), reverse=True)
    applied = [(each, _apply(session, each, now)) for each in newest_first]
    return [*_settled(session, applied, now)]


def _left_unused() -> ColumnElement[bool]:
    by_kind = and_(
        EventRow.kind.in_(APPLIED_KINDS), EventRow.outcome == literal(IGNORED) + EventRow.kind
    )
    unknown = and_(EventRow.kind == EventKind.UNKNOWN, EventRow.outcome.in_(UNREAD))
    copy = and_(
        EventRow.kind.in_(ORDER_KINDS),
        EventRow.outcome == Outcome.DUPLICATE,
        EventRow.note.contains(REFUNDED_COPY, autoescape=True),
        ~exists().where(FactRow.event_id == EventRow.id),
    )
    return or_(by_kind, unknown, copy)


def _still_unused(session: Session, event_ids: Sequence[int]) -> set[int]:
    """Lock the events that no other process has applied since they were found."""
    which = select(EventRow.id).where(EventRow.id.in_(event_ids), _left_unused())
    return {*session.scalars(which.order_by(EventRow.id).with_for_update())}


def _named(session: Session, event: RereadEvent) -> bool:
    """Name an unknown event; False if another row has the same event."""
    return event.names is None or name_event(session, event.new.event_id, event.names) is None


def _apply(session: Session, event: RereadEvent, now: datetime) -> Applied:
    return apply_event(session, event.new, now, event.notes)


def _settled(
    session: Session, applied: Sequence[tuple[RereadEvent, Applied]], now: datetime
) -> Iterable[RereadResult]:
    by = next((each.new.event_id for each, done in applied if done.told), None)
    for each, done in applied:
        event_id, outcome = each.new.event_id, done.outcome
        if by is not None and outcome == noted(NotedReason.NO_CHANGE):
            note_event(session, event_id, f"it counts in the change by event {by}")
        goes_on = bool(done.delivery_ids) or done.again_at is not None
        _close(session, event_id, None if goes_on else outcome, now)
        told = done.told or _notes_of(session, event_id)
        yield RereadResult(event_id, outcome, told, len(done.delivery_ids), goes_on)


def _close(session: Session, event_id: int, outcome: str | None, now: datetime) -> None:
    """Settle the event, or leave it open, so that the relay starts a run for it."""
    closed = {"outcome": outcome, "closed_at": None if outcome is None else now, "error": None}
    values = closed | ({"dispatched_at": None} if outcome is None else {})
    session.execute(update(EventRow).where(EventRow.id == event_id).values(values))


def _notes_of(session: Session, event_id: int) -> tuple[str, ...]:
    note = load_event(session, event_id).note
    return () if note is None else (note,)
