"""The runs that a person replays: the state of their rows, and the way back to Temporal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.events import lock_order
from db.tables import DeliveryRow, EventRow, ResendRow, SaleRow
from db.updating import count_updated
from domain.delivery import DeliveryStatus, ReasonKind
from domain.event import IGNORED, NOTED, ORDER_KINDS, Outcome
from domain.identifiers import RESEND_MARK, resend_reference

RESEND = ReasonKind.RESEND.prefix


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The rows of one workflow id. `outcome` None: a row is open.

    `sentence` is that of the row that decides. `is_started`: the relay has started the run.
    """

    workflow_id: str
    outcome: str | None
    sentence: str | None
    is_started: bool = True

    @property
    def is_failed(self) -> bool:
        return self.outcome == Outcome.FAILED

    @property
    def mints_nothing(self) -> bool:
        return self.outcome is not None and self.outcome.startswith((IGNORED, NOTED))


def run_record(session: Session, name: str) -> RunRecord | None:
    """Return the record of a workflow id, or of an order's id; None if no row has the name."""
    if RESEND_MARK in name:
        return _of_resend(name, _deliveries(session, name))
    rows = session.scalars(select(EventRow).where(_is_named(name)).order_by(EventRow.id)).all()
    return _of_events(name, rows)


def failed_runs(session: Session) -> list[RunRecord]:
    """Return the record of every failed event and of every resend still refused, oldest first."""
    failed = select(EventRow).where(EventRow.outcome == Outcome.FAILED).order_by(EventRow.id)
    found: dict[str, RunRecord] = {}
    for row in session.scalars(failed):
        name = row.workflow_id or ""
        found[name] = RunRecord(name, row.outcome, row.error)
    for name in _refused_resends(session):
        found[name] = RunRecord(name, Outcome.FAILED, REFUSED)
    return [each for name, each in found.items() if name]


def reopen_run(session: Session, record: RunRecord, started_at: datetime | None) -> int:
    """Reopen the failed rows of a run, and those that mint nothing; return their number.

    `started_at` None: the relay starts a run. Otherwise the caller resets the run that Temporal
    knows, and the watcher looks after the rows from then on. Of two callers at once, one gets 0.
    """
    if RESEND_MARK in record.workflow_id:
        return _reopen_resend(session, record.workflow_id, started_at)
    order = select(EventRow.source, EventRow.order_id).where(
        EventRow.workflow_id == record.workflow_id, EventRow.order_id.is_not(None)
    )
    for source, order_id in session.execute(order.distinct()).all():
        lock_order(session, source, order_id or "")
    again = or_(
        EventRow.outcome == Outcome.FAILED,
        EventRow.outcome.startswith(IGNORED),
        EventRow.outcome.startswith(NOTED),
    )
    values = {"outcome": None, "closed_at": None, "error": None, "dispatched_at": started_at}
    rows = update(EventRow).where(EventRow.workflow_id == record.workflow_id, again)
    return count_updated(session, rows.values(values))


REFUSED = "its mail was refused"
"""Stands for the words of a provider, which may hold an address."""


def _is_named(name: str) -> ColumnElement[bool]:
    source, _, order_id = name.partition(":")
    is_order = and_(
        EventRow.source == source,
        EventRow.order_id == order_id,
        EventRow.kind.in_(ORDER_KINDS),
    )
    return or_(EventRow.workflow_id == name, is_order)


def _of_events(name: str, rows: Sequence[EventRow]) -> RunRecord | None:
    """Let an open row decide, or else a failed one, or else the newest that is no copy."""
    if not rows:
        return None
    row = min(reversed(rows), key=_rank)
    return RunRecord(row.workflow_id or name, row.outcome, row.error, row.dispatched_at is not None)


def _rank(row: EventRow) -> int:
    ranks = {None: 0, Outcome.FAILED.value: 1, Outcome.DUPLICATE.value: 3}
    return ranks.get(row.outcome, 2)


def _of_resend(name: str, rows: Sequence[tuple[ResendRow, str]]) -> RunRecord | None:
    if not rows:
        return None
    is_started = all(resend.dispatched_at is not None for resend, _ in rows)
    statuses = {status for _, status in rows}
    if DeliveryStatus.PENDING in statuses:
        return RunRecord(name, None, None, is_started)
    if DeliveryStatus.REFUSED in statuses:
        return RunRecord(name, Outcome.FAILED, REFUSED)
    return RunRecord(name, min(statuses), None)


def _deliveries(session: Session, name: str) -> Sequence[tuple[ResendRow, str]]:
    """Return the resends of a workflow id, each with the status of its delivery."""
    order, _, number = name.rpartition(RESEND_MARK)
    source, _, order_id = order.partition(":")
    if not number.isdecimal():
        return []
    rows = (
        select(ResendRow, DeliveryRow.status)
        .join(SaleRow, SaleRow.id == ResendRow.sale_id)
        .join(DeliveryRow, DeliveryRow.id == ResendRow.delivery_id)
        .where(SaleRow.source == source, SaleRow.order_id == order_id)
        .where(ResendRow.number == int(number))
    )
    return [(resend, status) for resend, status in session.execute(rows)]


def _refused_resends(session: Session) -> list[str]:
    """Return the resends whose buyer got no later mail, because she needs no other."""
    later = aliased(DeliveryRow)
    told_since = exists().where(
        later.license_id == DeliveryRow.license_id,
        later.id > DeliveryRow.id,
        later.status.not_in([DeliveryStatus.REFUSED, DeliveryStatus.WITHDRAWN]),
    )
    rows = (
        select(SaleRow.source, SaleRow.order_id, ResendRow.number)
        .join(SaleRow, SaleRow.id == ResendRow.sale_id)
        .join(DeliveryRow, DeliveryRow.id == ResendRow.delivery_id)
        .where(DeliveryRow.status == DeliveryStatus.REFUSED, ~told_since)
        .order_by(ResendRow.id)
    )
    return [resend_reference(*row) for row in session.execute(rows)]


def _reopen_resend(session: Session, name: str, started_at: datetime | None) -> int:
    rows = _deliveries(session, name)
    ids: Collection[int] = [resend.delivery_id for resend, _ in rows]
    refused = and_(DeliveryRow.id.in_(ids), DeliveryRow.status == DeliveryStatus.REFUSED)
    values = {"status": DeliveryStatus.PENDING, "error": None}
    reopened = count_updated(session, update(DeliveryRow).where(refused).values(values))
    if reopened:
        own = ResendRow.id.in_([resend.id for resend, _ in rows])
        session.execute(update(ResendRow).where(own).values(dispatched_at=started_at))
    return reopened
