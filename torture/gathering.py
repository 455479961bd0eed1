"""Reads the evidence of a round from the database, the provider and the spool."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Database
from db.tables import (
    CorrectionRow,
    DeliveryRow,
    EventRow,
    LicenseRow,
    RequestRow,
    ResendRow,
    SaleRow,
)
from domain.delivery import DeliveryStatus, Reason, ReasonKind
from domain.identifiers import order_reference, resend_reference
from fakes.postmark import Accepted
from storefronts.registry import DEFAULT
from torture.evidence import (
    Evidence,
    FoundDelivery,
    FoundEvent,
    FoundLicense,
    Mail,
    RecordedCorrection,
)
from torture.traffic import Attempt, mark_of


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
    return session.execute(settled.where(EventRow.order_id.startswith(prefix))).scalar_one()


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


async def gather(
    database: Database, data_dir: Path, prefix: str, seen: OutsideEvidence
) -> Evidence:
    owed = await database.read(_deliveries)
    return Evidence(
        attempts=seen.attempts,
        rows=await database.read(_rows, prefix),
        sales=await database.read(_sales, prefix),
        licenses=await database.read(_licenses, prefix),
        deliveries=tuple(each for each in owed if each.order_id.startswith(prefix)),
        messages=tuple(int(mail.delivery) for mail in seen.accepted),
        earlier=tuple(each for each in owed if not each.order_id.startswith(prefix)),
        spooled=spooled(data_dir),
        is_quiet=seen.is_quiet,
        mails=tuple(map(_mail, seen.accepted)),
        recorded=seen.recorded,
        asked=await database.read(_asked, prefix),
    )


def _rows(session: Session, prefix: str) -> tuple[FoundEvent, ...]:
    found = select(RequestRow.body, EventRow.order_id, EventRow.outcome, EventRow.error).join(
        EventRow, EventRow.id == RequestRow.event_id
    )
    rows = session.execute(found.where(EventRow.order_id.startswith(prefix)).order_by(EventRow.id))
    return tuple(FoundEvent(mark_of(body), order_id or "", *end) for body, order_id, *end in rows)


def _sales(session: Session, prefix: str) -> tuple[str, ...]:
    return tuple(
        session.scalars(select(SaleRow.order_id).where(SaleRow.order_id.startswith(prefix)))
    )


def _licenses(session: Session, prefix: str) -> tuple[FoundLicense, ...]:
    row = LicenseRow
    found = select(row.id, row.order_id, row.expires_at, row.subscription_id)
    rows = session.execute(found.where(row.order_id.startswith(prefix)))
    return tuple(FoundLicense(*each) for each in rows)


def _asked(session: Session, prefix: str) -> dict[str, int]:
    found = select(CorrectionRow.order_id, func.count()).group_by(CorrectionRow.order_id)
    rows = session.execute(found.where(CorrectionRow.order_id.startswith(prefix)))
    return {row[0]: row[1] for row in rows}


def _mail(accepted: Accepted) -> Mail:
    return Mail(int(accepted.delivery), accepted.message["To"], accepted.arrived_at)


def _deliveries(session: Session) -> tuple[FoundDelivery, ...]:
    found = select(DeliveryRow, LicenseRow.order_id)
    rows = session.execute(found.join(LicenseRow, LicenseRow.id == DeliveryRow.license_id))
    return tuple(_owed(delivery, order_id) for delivery, order_id in rows)


def _owed(delivery: DeliveryRow, order_id: str) -> FoundDelivery:
    reason = Reason.parse(delivery.reason)
    return FoundDelivery(
        delivery.id,
        delivery.license_id,
        reason.charged_order or order_id,
        is_charge=reason.kind is ReasonKind.CHARGE,
        is_resend=reason.kind is ReasonKind.RESEND,
        is_withdrawn=delivery.status == DeliveryStatus.WITHDRAWN,
        to=delivery.to,
        attempts=delivery.attempts,
    )


def attempts_of(session: Session, order_id: str) -> dict[int, int] | None:
    """Return the attempts of each delivery of the order, or None if no correction is recorded."""
    given = select(CorrectionRow.id).filter_by(source=DEFAULT.name, order_id=order_id).limit(1)
    if session.execute(given).scalar_one_or_none() is None:
        return None
    found = select(DeliveryRow.id, DeliveryRow.attempts)
    of_order = found.join(LicenseRow, LicenseRow.id == DeliveryRow.license_id)
    rows = session.execute(of_order.where(LicenseRow.order_id == order_id))
    return {row[0]: row[1] for row in rows}


def runs_of(session: Session, delivery_id: int) -> tuple[str, ...]:
    """Return the ids of the workflows that may send the delivery. A resend has its own workflow."""
    order_id = order_of(session, delivery_id)
    asked = select(DeliveryRow.reason).where(DeliveryRow.id == delivery_id)
    number = Reason.parse(session.execute(asked).scalar_one()).resend_number
    own = () if number is None else (resend_reference(DEFAULT.name, order_id, number),)
    return (order_reference(DEFAULT.name, order_id), *own)


def order_of(session: Session, delivery_id: int) -> str:
    """Return the order whose run sends the delivery."""
    owed = select(DeliveryRow.reason, LicenseRow.order_id).join(
        LicenseRow, LicenseRow.id == DeliveryRow.license_id
    )
    reason, order_id = session.execute(owed.where(DeliveryRow.id == delivery_id)).one()
    return Reason.parse(reason).charged_order or order_id
