"""The audit rows of one order, told and settled together."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.events import load_event
from db.models import Event, SaleRow
from domain.event import DUPLICATE, FAILED, ORDER_KINDS, UNSETTLED

Remark = Callable[[Event, str | None], str | None]
"""Says of a copy of a settled order, given whom that was sold to, what a person should know."""

IS_OPEN = Event.outcome.is_(None)
IS_OPEN_OR_FAILED = or_(IS_OPEN, Event.outcome == FAILED)


def no_remark(_copy: Event, _sold_to: str | None) -> str | None:
    return None


def record_failure(
    session: Session, event_id: int, sentence: str, workflow_id: str | None = None
) -> None:
    """Put the latest sentence on every open row of the order.

    Only a step that runs can fail: rows that failed with this workflow are open again, because
    a person reset it.
    """
    event = load_event(session, event_id)
    if workflow_id is not None:
        _reopen(session, event, workflow_id)
    session.execute(update(Event).where(_same_order(event), IS_OPEN).values(error=sentence))


def fail_order(session: Session, event_id: int, sentence: str, now: datetime) -> int:
    """Fail the open rows of the order that share this run; return how many.

    One that came since, and was not started yet, gets a run of its own.
    """
    event = load_event(session, event_id)
    shares = or_(Event.id == event_id, and_(_same_order(event), Event.dispatched_at.is_not(None)))
    return _fail(session, shares, sentence, now)


def fail_run(session: Session, event_id: int, sentence: str, now: datetime) -> int:
    """Fail the order once it was read, else this ping alone; return how many rows.

    Another copy of a ping that cannot be read may be readable, and gets a run of its own.
    """
    event = load_event(session, event_id)
    if _was_read(session, event):
        return fail_order(session, event_id, sentence, now)
    failed = _fail(session, Event.id == event_id, sentence, now)
    _give_back(session, _same_order(event))
    return failed


def close_order(
    session: Session, event_id: int, outcome: str, now: datetime, remark: Remark = no_remark
) -> int:
    """Settle this row, and the order's other open or failed rows as its duplicates.

    What is settled well stays as it is; what was ignored and is done after all, by a reset, is
    told. Return how many rows were settled.
    """
    event = load_event(session, event_id)
    mine = _settle(
        session,
        and_(Event.id == event_id, or_(IS_OPEN_OR_FAILED, Event.outcome.startswith("ignored:"))),
        outcome=outcome,
        error=None,
        closed_at=now,
    )
    others = and_(_same_order(event), Event.id != event_id, IS_OPEN_OR_FAILED)
    if outcome in UNSETTLED:
        _give_back(session, others)
        return mine
    copies = session.scalars(select(Event).where(others)).all()
    return mine + sum(_settle_as_duplicate(session, copy, event_id, now, remark) for copy in copies)


def order_is_settled(session: Session, source: str, order_id: str) -> bool:
    """Tell whether `settle_late_events` would settle another row of the order."""
    settled = exists().where(
        Event.source == source,
        Event.order_id == order_id,
        Event.kind.in_(ORDER_KINDS),
        Event.outcome.not_in(UNSETTLED),
    )
    return session.execute(select(settled)).scalar_one()


def settle_late_events(session: Session, now: datetime, remark: Remark = no_remark) -> int:
    """Settle the open rows of orders that another row has settled; return how many.

    A ping may come after its order is done, or join a run too late for its last step.
    """
    other = aliased(Event)
    late = session.execute(
        select(Event, other.id)
        .join(other, and_(other.source == Event.source, other.order_id == Event.order_id))
        .where(IS_OPEN, Event.kind.in_(ORDER_KINDS))
        .where(other.kind.in_(ORDER_KINDS), other.outcome.not_in(UNSETTLED))
    ).all()
    return sum(
        _settle_as_duplicate(session, copy, settled_by, now, remark) for copy, settled_by in late
    )


def _same_order(event: Event) -> ColumnElement[bool]:
    if event.kind not in ORDER_KINDS or event.order_id is None:
        return Event.id == event.id
    return and_(
        Event.source == event.source,
        Event.order_id == event.order_id,
        Event.kind.in_(ORDER_KINDS),
    )


def _was_read(session: Session, event: Event) -> bool:
    if event.order_id is None:
        return False
    sale = exists().where(SaleRow.source == event.source, SaleRow.order_id == event.order_id)
    return session.execute(select(sale)).scalar_one()


def _fail(session: Session, which: ColumnElement[bool], sentence: str, now: datetime) -> int:
    return _settle(session, and_(which, IS_OPEN), outcome=FAILED, error=sentence, closed_at=now)


def _reopen(session: Session, event: Event, workflow_id: str) -> None:
    """Open the rows anew that `fail_run` would fail; a resend's workflow is not theirs."""
    shared = or_(Event.id == event.id, _same_order(event))
    which = shared if _was_read(session, event) else Event.id == event.id
    session.execute(
        update(Event)
        .where(which, Event.outcome == FAILED, Event.workflow_id == workflow_id)
        .values(outcome=None, closed_at=None)
    )


def _give_back(session: Session, which: ColumnElement[bool]) -> None:
    """Let the relay start a run of its own for each open row."""
    session.execute(update(Event).where(which, IS_OPEN).values(dispatched_at=None, error=None))


def _settle_as_duplicate(
    session: Session, copy: Event, settled_by: int, now: datetime, remark: Remark
) -> int:
    order = select(SaleRow.email).filter_by(source=copy.source, order_id=copy.order_id)
    sold_to = session.execute(order.limit(1)).scalar_one_or_none()
    parts = [f"the order was settled by ping {settled_by}", remark(copy, sold_to)]
    return _settle(
        session,
        # Another process may have settled it since it was read.
        and_(Event.id == copy.id, IS_OPEN_OR_FAILED),
        outcome=DUPLICATE,
        error=None,
        note="; ".join(part for part in parts if part is not None),
        closed_at=now,
    )


def _settle(session: Session, which: ColumnElement[bool], **values: str | datetime | None) -> int:
    result = session.execute(update(Event).where(which).values(**values))
    return cast("CursorResult[Any]", result).rowcount
