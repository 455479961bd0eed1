"""The events of one order, told and settled together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.events import lock_order, noted
from db.tables import EventRow, SaleRow
from db.updating import count_updated
from domain.errors import RowMissingError
from domain.event import IGNORED, NOTED, ORDER_KINDS, UNSETTLED, Outcome, settles

IS_OPEN = EventRow.outcome.is_(None)
IS_OPEN_OR_FAILED = or_(IS_OPEN, EventRow.outcome == Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class _Named:
    """A row without its body, which may have a MiB that nobody needs while rows are written."""

    id: int
    source: str
    kind: str
    order_id: str | None


def record_failure(
    session: Session, event_id: int, sentence: str, workflow_id: str | None = None
) -> None:
    """Put the latest sentence on every open row of the order.

    Only a step that runs can fail: rows that failed with this workflow are open again, because
    a person reset it.
    """
    event = _locked(session, event_id)
    if workflow_id is not None:
        _reopen(session, event, workflow_id)
    # A row that says so already is not written again: on SQLite its body would be, too.
    silent = and_(IS_OPEN, EventRow.error.is_distinct_from(sentence))
    session.execute(update(EventRow).where(_same_order(event), silent).values(error=sentence))


def fail_order(session: Session, event_id: int, sentence: str, now: datetime) -> int:
    """Fail the open rows of the order that share this run; return how many.

    One that came since, and was not started yet, gets a run of its own.
    """
    return _fail(session, _shares_run(_locked(session, event_id)), sentence, now)


def fail_run(session: Session, event_id: int, sentence: str, now: datetime) -> int:
    """Fail the order once it was read, else this ping alone; return how many rows.

    Another copy of a ping that cannot be read may be readable, and gets a run of its own.
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
    """Settle this row alone; give the others back where its outcome says nothing of them.

    What is settled well stays as it is; what was ignored and is done after all, by a reset, is
    told.
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
    """Return the order's other open or failed rows, which this outcome settles too."""
    if not settles(outcome):
        return []
    event = _named(session, event_id)
    others = and_(_same_order(event), EventRow.id != event_id, IS_OPEN_OR_FAILED)
    return session.scalars(select(EventRow.id).where(others).order_by(EventRow.id)).all()


def rows_to_fail(session: Session, event_id: int) -> Sequence[int]:
    """Return the open rows that share this run, once the order was read."""
    event = _named(session, event_id)
    if not _was_read(session, event):
        return []
    rows = select(EventRow.id).where(_shares_run(event), IS_OPEN)
    return session.scalars(rows.order_by(EventRow.id)).all()


def order_is_settled(session: Session, source: str, order_id: str) -> bool:
    """Tell whether another open row of the order would be among `late_copies`."""
    settled = exists().where(
        EventRow.source == source,
        EventRow.order_id == order_id,
        EventRow.kind.in_(ORDER_KINDS),
        _settled(EventRow.outcome),
    )
    return session.execute(select(settled)).scalar_one()


def late_copies(session: Session) -> list[tuple[int, int]]:
    """Return the open rows of orders that another row has settled, each with that row.

    A ping may come after its order is done, or join a run too late for its last step.
    """
    other = aliased(EventRow)
    late = (
        select(EventRow.id, func.min(other.id))
        .join(other, and_(other.source == EventRow.source, other.order_id == EventRow.order_id))
        .where(IS_OPEN, EventRow.kind.in_(ORDER_KINDS))
        .where(other.kind.in_(ORDER_KINDS), _settled(other.outcome))
        .group_by(EventRow.id)
        .order_by(EventRow.id)
    )
    return [(copy, settled_by) for copy, settled_by in session.execute(late)]


def settle_copy(
    session: Session, copy_id: int, settled_by: int, now: datetime, remark: str | None = None
) -> int:
    """Settle a row as the duplicate of another, unless another process has settled it since.

    Two runs may end at once, each with a row of its own: one of them must not be a duplicate.
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


def _settled(outcome: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Say in SQL what `domain.event.settles` says."""
    return and_(outcome.not_in(UNSETTLED), outcome.not_like(f"{NOTED}%"))


def _named(session: Session, event_id: int) -> _Named:
    found = select(EventRow.id, EventRow.source, EventRow.kind, EventRow.order_id).where(
        EventRow.id == event_id
    )
    row = session.execute(found).one_or_none()
    if row is None:
        raise RowMissingError(EventRow.__tablename__)
    return _Named(*row)


def _locked(session: Session, event_id: int) -> _Named:
    """Name a row, and keep others from deciding on its order meanwhile."""
    event = _named(session, event_id)
    if event.order_id is not None:
        lock_order(session, event.source, event.order_id)
    return event


def _same_order(event: _Named) -> ColumnElement[bool]:
    if event.kind not in ORDER_KINDS or event.order_id is None:
        return EventRow.id == event.id
    return and_(
        EventRow.source == event.source,
        EventRow.order_id == event.order_id,
        EventRow.kind.in_(ORDER_KINDS),
    )


def _shares_run(event: _Named) -> ColumnElement[bool]:
    joined = and_(_same_order(event), EventRow.dispatched_at.is_not(None))
    return or_(EventRow.id == event.id, joined)


def _was_read(session: Session, event: _Named) -> bool:
    if event.order_id is None:
        return False
    sale = exists().where(SaleRow.source == event.source, SaleRow.order_id == event.order_id)
    return session.execute(select(sale)).scalar_one()


def _fail(session: Session, which: ColumnElement[bool], sentence: str, now: datetime) -> int:
    return _settle(
        session, and_(which, IS_OPEN), outcome=Outcome.FAILED, error=sentence, closed_at=now
    )


def _reopen(session: Session, event: _Named, workflow_id: str) -> None:
    """Open the rows anew that `fail_run` would fail; a resend's workflow is not theirs."""
    shared = or_(EventRow.id == event.id, _same_order(event))
    which = shared if _was_read(session, event) else EventRow.id == event.id
    session.execute(
        update(EventRow)
        .where(which, EventRow.outcome == Outcome.FAILED, EventRow.workflow_id == workflow_id)
        .values(outcome=None, closed_at=None)
    )


def run_failed_again(session: Session, source: str, order_id: str) -> None:
    """Open the failed rows of an order anew, and let the relay start a run for them."""
    failed = and_(
        EventRow.source == source,
        EventRow.order_id == order_id,
        EventRow.kind.in_(ORDER_KINDS),
        EventRow.outcome == Outcome.FAILED,
    )
    values = {"outcome": None, "closed_at": None, "dispatched_at": None, "error": None}
    session.execute(update(EventRow).where(failed).values(values))


def _give_back(session: Session, which: ColumnElement[bool]) -> None:
    """Let the relay start a run of its own for each open row."""
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
