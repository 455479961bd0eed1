"""E-mails that a person asked for and that do not go out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.tables import DeliveryRow, ResendRow, SaleRow
from domain.delivery import OWED, DeliveryStatus

MOST = 100
"""Enough to tell a person."""


@dataclass(frozen=True, slots=True)
class UnsentMail:
    delivery_id: int
    source: str
    order_id: str
    refused: bool
    since: datetime


def unsent_resends(session: Session) -> list[UnsentMail]:
    """Return resends without their mail. Other mails have an event that waits or fails with them.

    A resend that a person asked for later makes the earlier one's end unimportant.
    """
    later = aliased(ResendRow)
    newer = select(later.id).where(
        later.license_id == ResendRow.license_id, later.number > ResendRow.number
    )
    rows = session.execute(
        select(DeliveryRow, SaleRow, ResendRow.asked_at)
        .join(ResendRow, ResendRow.delivery_id == DeliveryRow.id)
        .join(SaleRow, SaleRow.id == ResendRow.sale_id)
        .where(DeliveryRow.status.in_(OWED), ~newer.exists())
        .order_by(DeliveryRow.id.desc())
        .limit(MOST)
    )
    return [
        UnsentMail(
            delivery_id=delivery.id,
            source=sale.source,
            order_id=sale.order_id,
            refused=delivery.status == DeliveryStatus.REFUSED,
            since=asked,
        )
        for delivery, sale, asked in rows
    ]
