"""Owes a license's holder a mail, once per reason."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.addresses import NONE
from db.inserting import insert_once, the_one
from db.tables import DeliveryRow, LicenseRow
from domain.delivery import DeliveryStatus, Reason

ERASED = "the holder's data was erased: there is no address to mail to"


def owe(
    session: Session, row: LicenseRow, reason: Reason, now: datetime, *, alone: bool = False
) -> int:
    """Return the delivery. `alone`: no other license shares its mail.

    A holder whose data was erased has no address and is owed no mail, until an event brings one.
    """
    nobody = row.erased_at is not None and row.email == NONE
    owed = insert_once(
        session,
        DeliveryRow,
        license_id=row.id,
        reason=str(reason),
        to=row.email,
        status=DeliveryStatus.WITHDRAWN if nobody else DeliveryStatus.PENDING,
        error=ERASED if nobody else None,
        attempts=0,
        created_at=now,
        letter=None if alone else reason.letter(row.source, row.order_id),
    )
    return owed or the_one(session, DeliveryRow, license_id=row.id, reason=str(reason)).id


def owed_delivery(session: Session, row: LicenseRow, reason: Reason) -> int | None:
    owed = select(DeliveryRow.id).filter_by(license_id=row.id, reason=str(reason))
    return session.execute(owed).scalar_one_or_none()
