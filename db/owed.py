"""Owes a license's holder a mail, once per reason."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.inserting import insert_once, the_one
from db.tables import DeliveryRow, LicenseRow
from domain.delivery import DeliveryStatus, Reason


def owe(
    session: Session, row: LicenseRow, reason: Reason, now: datetime, *, alone: bool = False
) -> int:
    """Return the delivery. `alone`: no other license shares its mail."""
    owed = insert_once(
        session,
        DeliveryRow,
        license_id=row.id,
        reason=str(reason),
        to=row.email,
        status=DeliveryStatus.PENDING,
        attempts=0,
        created_at=now,
        letter=None if alone else reason.letter(row.source, row.order_id),
    )
    return owed or the_one(session, DeliveryRow, license_id=row.id, reason=str(reason)).id


def owed_delivery(session: Session, row: LicenseRow, reason: Reason) -> int | None:
    owed = select(DeliveryRow.id).filter_by(license_id=row.id, reason=str(reason))
    return session.execute(owed).scalar_one_or_none()
