"""Reads the evidence of a round from the database, the provider and the spool."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.engine import Database
from db.tables import (
    ChangeRow,
    CorrectionRow,
    DeliveryRow,
    EventRow,
    LicenseRow,
    RequestRow,
    ResendRow,
    SaleRow,
)
from domain.delivery import DeliveryStatus, Reason, ReasonKind
from domain.event import OPERATOR
from domain.identifiers import event_reference, order_reference, resend_reference
from domain.license import LicenseStatus
from fakes.postmark import Accepted
from torture.app_evidence import asked_licenses
from torture.apps import Call
from torture.evidence import (
    Evidence,
    FoundDelivery,
    FoundEvent,
    FoundLicense,
    Mail,
    RecordedCorrection,
)
from torture.fates import Fate
from torture.traffic import Attempt

REPEATED = "once more"
"""The end of the note of an event that repeats another."""


def open_rows(session: Session) -> int:
    """Count the events that are not settled, and the pending resends."""
    events = select(func.count()).where(EventRow.outcome.is_(None))
    resends = select(func.count(ResendRow.id)).join(
        DeliveryRow, DeliveryRow.id == ResendRow.delivery_id
    )
    waiting = resends.where(DeliveryRow.status == DeliveryStatus.PENDING)
    return session.execute(events).scalar_one() + session.execute(waiting).scalar_one()


def settled_orders(session: Session, prefix: str) -> int:
    settled = select(func.count(EventRow.order_id.distinct())).where(EventRow.outcome.is_not(None))
    # A corrected address is a settled event too, though its sale may be open.
    theirs = settled.where(EventRow.source != OPERATOR, EventRow.order_id.contains(prefix))
    return session.execute(theirs).scalar_one()


def spooled(data_dir: Path) -> int:
    """Count the requests that wait for the database or were set aside for a person."""
    return sum(file.suffix != ".unfinished" for file in (data_dir / "spool").glob("*"))


@dataclass(frozen=True, slots=True)
class OutsideEvidence:
    """The evidence of a round from outside the database.

    Taken before the database is read, so the delivery of every mail is already in the database.
    """

    attempts: tuple[Attempt, ...]
    accepted: tuple[Accepted, ...]
    is_quiet: bool
    recorded: tuple[RecordedCorrection, ...] = ()
    calls: tuple[Call, ...] = ()
    fates: Mapping[int, Fate] = field(default_factory=dict)
    reports: int = 0


async def gather(
    database: Database,
    data_dir: Path,
    prefix: str,
    seen: OutsideEvidence,
    mark_of: Callable[[bytes], str],
) -> Evidence:
    """Read the evidence of the orders whose ids have the prefix."""
    owed = await database.read(_deliveries)
    return Evidence(
        attempts=seen.attempts,
        rows=await database.read(_rows, prefix, mark_of),
        sales=await database.read(_sales, prefix),
        licenses=await database.read(_licenses, prefix),
        deliveries=tuple(each for each in owed if prefix in each.order_id),
        messages=tuple(int(mail.delivery) for mail in seen.accepted),
        earlier=tuple(each for each in owed if prefix not in each.order_id),
        spooled=spooled(data_dir),
        is_quiet=seen.is_quiet,
        mails=tuple(map(_mail, seen.accepted)),
        recorded=seen.recorded,
        asked=await database.read(_asked, prefix),
        calls=seen.calls,
        asked_licenses=await database.read(
            asked_licenses, {call.license_id for call in seen.calls}
        ),
        fates=seen.fates,
        reports=seen.reports,
    )


def _rows(session: Session, prefix: str, mark_of: Callable[[bytes], str]) -> tuple[FoundEvent, ...]:
    """Return the events of the round. An event of a subscription names no order."""
    row = EventRow
    found = (
        select(RequestRow.body, row.event_key, row.order_id, row.outcome, row.error, row.note)
        .select_from(row)
        .outerjoin(RequestRow, row.id == RequestRow.event_id)
    )
    own = or_(row.order_id.contains(prefix), row.order_id.is_(None))
    rows = session.execute(found.where(own).order_by(row.id))
    events = (
        FoundEvent(
            mark=mark_of(body) if body else key or "",
            order_id=order_id or "",
            outcome=outcome,
            error=error,
            is_copy=_tells_copy(note),
        )
        for body, key, order_id, outcome, error, note in rows
    )
    return tuple(each for each in events if prefix in each.mark)


def _tells_copy(note: str | None) -> bool:
    return note is not None and note.endswith(REPEATED)


def _sales(session: Session, prefix: str) -> tuple[str, ...]:
    return tuple(session.scalars(select(SaleRow.order_id).where(SaleRow.order_id.contains(prefix))))


def _licenses(session: Session, prefix: str) -> tuple[FoundLicense, ...]:
    row = LicenseRow
    found = select(row).where(row.order_id.contains(prefix))
    taken = _taken_at(session)
    return tuple(
        FoundLicense(
            license_id=each.id,
            order_id=each.order_id,
            expires_at=each.expires_at,
            subscription_id=each.subscription_id,
            status=each.status,
            reason=each.reason,
            renews=each.renews,
            tier=each.tier,
            seats=each.seats,
            taken_at=None if each.status == LicenseStatus.ACTIVE else taken.get(each.id),
        )
        for each in session.scalars(found)
    )


def _taken_at(session: Session) -> dict[int, datetime]:
    """Return the time since which each license has not been active."""
    taken: dict[int, datetime] = {}
    for change in session.scalars(select(ChangeRow).order_by(ChangeRow.id)):
        if change.after["status"] == LicenseStatus.ACTIVE:
            taken.pop(change.license_id, None)
        else:
            taken.setdefault(change.license_id, change.at)
    return taken


def _asked(session: Session, prefix: str) -> dict[str, int]:
    found = select(CorrectionRow.order_id, func.count()).group_by(CorrectionRow.order_id)
    rows = session.execute(found.where(CorrectionRow.order_id.contains(prefix)))
    return {row[0]: row[1] for row in rows}


def _mail(accepted: Accepted) -> Mail:
    return Mail(int(accepted.delivery), accepted.message["To"], accepted.arrived_at)


def _deliveries(session: Session) -> tuple[FoundDelivery, ...]:
    found = select(DeliveryRow, LicenseRow.order_id)
    rows = session.execute(found.join(LicenseRow, LicenseRow.id == DeliveryRow.license_id))
    kinds = {each[0]: each[1] for each in session.execute(select(EventRow.id, EventRow.kind))}
    return tuple(_owed(delivery, order_id, kinds) for delivery, order_id in rows)


def _owed(delivery: DeliveryRow, order_id: str, kinds: Mapping[int, str]) -> FoundDelivery:
    reason = Reason.parse(delivery.reason)
    is_event = reason.kind is ReasonKind.EVENT
    return FoundDelivery(
        delivery.id,
        delivery.license_id,
        reason.charged_order or order_id,
        is_charge=reason.kind is ReasonKind.CHARGE,
        is_resend=reason.kind is ReasonKind.RESEND,
        is_withdrawn=delivery.status == DeliveryStatus.WITHDRAWN,
        to=delivery.to,
        attempts=delivery.attempts,
        event_kind=kinds[int(reason.detail or 0)] if is_event else None,
        carried_by=delivery.carried_by,
        status=delivery.status,
    )


def attempts_of(session: Session, source: str, order_id: str) -> dict[int, int] | None:
    """Return the attempts of each delivery of the order, or None if no correction is recorded."""
    given = select(CorrectionRow.id).filter_by(source=source, order_id=order_id).limit(1)
    if session.execute(given).scalar_one_or_none() is None:
        return None
    found = select(DeliveryRow.id, DeliveryRow.attempts)
    of_order = found.join(LicenseRow, LicenseRow.id == DeliveryRow.license_id)
    rows = session.execute(of_order.where(LicenseRow.order_id == order_id))
    return {row[0]: row[1] for row in rows}


def runs_of(session: Session, source: str, delivery_id: int) -> tuple[str, ...]:
    """Return the ids of the workflows that may send the delivery. A resend has its own workflow."""
    reason, order_id = _reason_and_order(session, delivery_id)
    number = Reason.parse(reason).resend_number
    own = () if number is None else (resend_reference(source, order_id, number),)
    return (run_of(session, source, delivery_id), *own)


def run_of(session: Session, source: str, delivery_id: int) -> str:
    """Return the id of the workflow that sends the delivery, if nobody asked for it."""
    reason, order_id = _reason_and_order(session, delivery_id)
    parsed = Reason.parse(reason)
    if parsed.kind is ReasonKind.EVENT:
        event_id = int(parsed.detail or 0)
        event = session.execute(select(EventRow.source).where(EventRow.id == event_id))
        return event_reference(event.scalar_one(), event_id)
    return order_reference(source, parsed.charged_order or order_id)


def _reason_and_order(session: Session, delivery_id: int) -> tuple[str, str]:
    owed = select(DeliveryRow.reason, LicenseRow.order_id).join(
        LicenseRow, LicenseRow.id == DeliveryRow.license_id
    )
    row = session.execute(owed.where(DeliveryRow.id == delivery_id)).one()
    return row[0], row[1]
