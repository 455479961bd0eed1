"""Writes sentences and outcomes to all events of one order together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.events import lock_order, noted
from db.tables import EventRow, SaleRow
from db.updating import count_updated
from domain.errors import RowMissingError
from domain.event import IGNORED, NOTED, ORDER_KINDS, UNSETTLED, Outcome, settles

IS_OPEN = EventRow.outcome.is_(None)
IS_OPEN_OR_FAILED = or_(IS_OPEN, EventRow.outcome == Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class _EventNames:
    """An event's names, without its body of up to a MiB."""

    id: int
    source: str
    kind: str
    order_id: str | None


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """The attempt of a step that did not succeed, with its run's workflow and its begin."""

    workflow_id: str
    began_at: datetime


def record_failure(
    session: Session, event_id: int, sentence: str, attempt: FailedAttempt | None = None
) -> None:
    """Write the latest sentence to every open row of the order.

    Only a running step can fail. So if a row had failed with this workflow before the attempt
    began, a person has reset the workflow, and the row opens again. A row that failed during the
    attempt stays failed, because a person canceled or terminated the run meanwhile.
    """
    event = _locked(session, event_id)
    if attempt is not None:
        _reopen(session, event, attempt)
    # Rows that have this sentence need no write.
    silent = and_(IS_OPEN, EventRow.error.is_distinct_from(sentence))
    session.execute(update(EventRow).where(_same_order(event), silent).values(error=sentence))


def fail_order(session: Session, event_id: int, sentence: str, now: datetime) -> int:
    """Fail the order's open rows of this run; return their number.

    A newer row without a start gets its own run.
    """
    return _fail(session, _shares_run(_locked(session, event_id)), sentence, now)


def fail_run(session: Session, event_id: int, sentence: str, now: datetime) -> int:
    """Fail the order if it has a sale, otherwise this event alone; return the number of rows.

    The order's other events get their own runs, because a copy of an unreadable event may be
    readable.
    """
    event = _named(session, event_id)
    if _was_read(session, event):
        return fail_order(session, event_id, sentence, now)
    failed = _fail(session, EventRow.id == event_id, sentence, now)
    _give_back(session, _same_order(event))
    return failed


def close_row(
    session: Session, event_id: int, outcome: str, now: datetime, remark: str | None = None
) -> int:
    """Settle this row alone. If its outcome settles no order, give the other rows back.

    A fulfilled row stays. An ignored row gets the new outcome, because a reset may fulfill it.
    """
    event = _named(session, event_id)
    mints_nothing = or_(*map(EventRow.outcome.startswith, (IGNORED, NOTED)))
    unsettled = or_(IS_OPEN_OR_FAILED, mints_nothing)
    mine = and_(EventRow.id == event_id, unsettled)
    settled = _settle(session, mine, remark, outcome=outcome, error=None, closed_at=now)
    if not settles(outcome):
        _give_back(session, and_(_same_order(event), EventRow.id != event_id))
    return settled


def copies_to_settle(session: Session, event_id: int, outcome: str) -> Sequence[int]:
    """Return the order's other open or failed rows, because this outcome also settles them."""
    if not settles(outcome):
        return []
    event = _named(session, event_id)
    others = and_(_same_order(event), EventRow.id != event_id, IS_OPEN_OR_FAILED)
    return session.scalars(select(EventRow.id).where(others).order_by(EventRow.id)).all()


def rows_to_fail(session: Session, event_id: int) -> Sequence[int]:
    """Return the open rows of this run; none if the order has no sale."""
    event = _named(session, event_id)
    if not _was_read(session, event):
        return []
    rows = select(EventRow.id).where(_shares_run(event), IS_OPEN)
    return session.scalars(rows.order_by(EventRow.id)).all()


def order_is_settled(session: Session, source: str, order_id: str) -> bool:
    """Tell whether a row has settled the order, so that each other open row is a late copy."""
    settled = exists().where(
        EventRow.source == source,
        EventRow.order_id == order_id,
        EventRow.kind.in_(ORDER_KINDS),
        is_settled(EventRow.outcome),
    )
    return session.execute(select(settled)).scalar_one()


def settle_copy(
    session: Session, copy_id: int, settled_by: int, now: datetime, remark: str | None = None
) -> int:
    """Settle a row as a duplicate of row `settled_by`; 0 if another process was quicker.

    Two runs with different rows may end together. Then one row must not become a duplicate.
    """
    _locked(session, copy_id)
    settled_itself = select(EventRow.id).where(
        EventRow.id == settled_by, EventRow.outcome == Outcome.DUPLICATE
    )
    if session.execute(settled_itself).scalar_one_or_none() is not None:
        return 0
    parts = [f"the order was settled by event {settled_by}", remark]
    return _settle(
        session,
        and_(EventRow.id == copy_id, IS_OPEN_OR_FAILED),
        "; ".join(part for part in parts if part is not None),
        outcome=Outcome.DUPLICATE,
        error=None,
        closed_at=now,
    )


def is_settled(outcome: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Translate `domain.event.settles` to SQL."""
    return and_(outcome.not_in(UNSETTLED), outcome.not_like(f"{NOTED}%"))


def _named(session: Session, event_id: int) -> _EventNames:
    found = select(EventRow.id, EventRow.source, EventRow.kind, EventRow.order_id).where(
        EventRow.id == event_id
    )
    row = session.execute(found).one_or_none()
    if row is None:
        raise RowMissingError(EventRow.__tablename__)
    return _EventNames(*row)


def _locked(session: Session, event_id: int) -> _EventNames:
    """Name a row and lock its order against other decisions."""
    event = _named(session, event_id)
    if event.order_id is not None:
        lock_order(session, event.source, event.order_id)
    return event


def _same_order(event: _EventNames) -> ColumnElement[bool]:
    if event.kind not in ORDER_KINDS or event.order_id is None:
        return EventRow.id == event.id
    return and_(
        EventRow.source == event.source,
        EventRow.order_id == event.order_id,
        EventRow.kind.in_(ORDER_KINDS),
    )


def _shares_run(event: _EventNames) -> ColumnElement[bool]:
    joined = and_(_same_order(event), EventRow.dispatched_at.is_not(None))
    return or_(EventRow.id == event.id, joined)


def _was_read(session: Session, event: _EventNames) -> bool:
    if event.order_id is None:
        return False
    sale = exists().where(SaleRow.source == event.source, SaleRow.order_id == event.order_id)
    return session.execute(select(sale)).scalar_one()


def _fail(session: Session, which: ColumnElement[bool], sentence: str, now: datetime) -> int:
    return _settle(
        session, and_(which, IS_OPEN), outcome=Outcome.FAILED, error=sentence, closed_at=now
    )


def _reopen(session: Session, event: _EventNames, attempt: FailedAttempt) -> None:
    """Reopen the rows that `fail_run` would fail, but not for the workflow of a resend."""
    shared = or_(EventRow.id == event.id, _same_order(event))
    which = shared if _was_read(session, event) else EventRow.id == event.id
    session.execute(
        update(EventRow)
        .where(which, EventRow.outcome == Outcome.FAILED)
        .where(EventRow.workflow_id == attempt.workflow_id, EventRow.closed_at < attempt.began_at)
        .values(outcome=None, closed_at=None)
    )


def run_failed_again(session: Session, source: str, order_id: str) -> None:
    """Reopen the failed rows of an order, so that the relay starts a run."""
    failed = and_(
        EventRow.source == source,
        EventRow.order_id == order_id,
        EventRow.kind.in_(ORDER_KINDS),
        EventRow.outcome == Outcome.FAILED,
    )
    values = {"outcome": None, "closed_at": None, "dispatched_at": None, "error": None}
    session.execute(update(EventRow).where(failed).values(values))


def _give_back(session: Session, which: ColumnElement[bool]) -> None:
    """Let the relay start a run for each open row."""
    session.execute(update(EventRow).where(which, IS_OPEN).values(dispatched_at=None, error=None))


def _settle(
    session: Session,
    which: ColumnElement[bool],
    remark: str | None = None,
    **values: str | datetime | None,
) -> int:
    settled = update(EventRow).where(which).values(**values)
    if remark is not None:
        settled = settled.values(note=noted(remark))
    return count_updated(session, settled)
