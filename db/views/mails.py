"""Mails that tell several licenses: one delivery is listed, with the licenses of all."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.tables import DeliveryRow, LicenseRow, MailReportRow

AT_ONCE = 1000
"""A query takes so many ids: SQLite allows 32,766 parameters."""


def is_carried(delivery: type[DeliveryRow] = DeliveryRow) -> ColumnElement[bool]:
    """Select deliveries whose license another delivery's mail tells.

    A carried delivery in another state than its carrier, such as withdrawn, is listed by itself.
    """
    carrier = aliased(DeliveryRow)
    return exists().where(carrier.id == delivery.carried_by, carrier.status == delivery.status)


def listed_mails() -> Select[DeliveryRow, datetime]:
    """Select the deliveries to list, each with the provider's time of its newest report."""
    own = MailReportRow.delivery_id == DeliveryRow.id
    newest = select(func.max(MailReportRow.at)).where(own).scalar_subquery()
    mails = select(DeliveryRow, newest).join(LicenseRow, LicenseRow.id == DeliveryRow.license_id)
    return mails.where(~is_carried())


def mails_about(ids: Collection[int] | None, order_id: str | None) -> Select[tuple[int]]:
    """Select the listed deliveries that tell these deliveries, or the licenses of the order."""
    own = aliased(DeliveryRow)
    listed = select(case((is_carried(own), own.carried_by), else_=own.id))
    listed = listed.join(LicenseRow, LicenseRow.id == own.license_id)
    if ids is not None:
        listed = listed.where(own.id.in_(ids))
    return listed if order_id is None else listed.where(LicenseRow.order_id == order_id)


def carried_licenses(session: Session, delivery_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the further licenses in the mails of these deliveries."""
    carried = select(DeliveryRow.carried_by, DeliveryRow.license_id).where(is_carried())
    found: dict[int, tuple[int, ...]] = {}
    for start in range(0, len(delivery_ids), AT_ONCE):
        some = DeliveryRow.carried_by.in_(delivery_ids[start : start + AT_ONCE])
        for carrier, license_id in session.execute(carried.where(some).order_by(DeliveryRow.id)):
            found[carrier or 0] = (*found.get(carrier or 0, ()), license_id)
    return found


def newest_sent(session: Session, provider: str) -> datetime | None:
    """Return the time at which the provider took the newest mail."""
    sent = (DeliveryRow.provider == provider, DeliveryRow.sent_at.is_not(None))
    newest = select(DeliveryRow.sent_at).where(*sent).order_by(DeliveryRow.id.desc()).limit(1)
    return session.scalar(newest)
