"""Orders that look done and are not: no license, or a mail that nothing will send any more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from db.owed_emails import is_owed
from db.tables import DeliveryRow, EventRow, LicenseRow, SaleRow
from domain.delivery import SENT, DeliveryStatus, Reason, ReasonKind
from domain.event import DELIVERED, ORDER_KINDS, Outcome

MOST = 100
"""Enough to tell a person. A defect that leaves more is told by the first."""


@dataclass(frozen=True, slots=True)
class Residue:
    """`owed`: the mail is missing. Otherwise the license is."""

    source: str
    order_id: str
    owed: bool
    since: datetime


def unlicensed_orders(session: Session, since: datetime, before: datetime) -> list[Residue]:
    """Return orders that were closed as delivered in that time, and of which no line was minted."""
    minted = exists().where(
        SaleRow.source == EventRow.source,
        SaleRow.order_id == EventRow.order_id,
        SaleRow.minted_at.is_not(None),
    )
    rows = session.execute(
        select(EventRow.source, EventRow.order_id, EventRow.closed_at)
        .where(EventRow.outcome.in_(DELIVERED), EventRow.kind.in_(ORDER_KINDS))
        .where(EventRow.closed_at >= since, EventRow.closed_at < before, ~minted)
        .order_by(EventRow.id.desc())
        .limit(MOST)
    )
    return [
        Residue(source, order, owed=False, since=at)
        for source, order, at in rows
        if order is not None and at is not None
    ]


def unmailed_licenses(session: Session, since: datetime, before: datetime) -> list[Residue]:
    """Return owed mails of that time whose events are all closed, so that no run sends them.

    A delivery stays pending by design when another mail told its license. The watcher starts a
    resend again, so a resend is never residue.
    """
    sent = aliased(DeliveryRow)
    told = exists().where(sent.license_id == DeliveryRow.license_id, sent.status.in_(SENT))
    rows = session.execute(
        select(DeliveryRow, LicenseRow, SaleRow.event_id)
        .join(LicenseRow, LicenseRow.id == DeliveryRow.license_id)
        .join(SaleRow, SaleRow.id == LicenseRow.sale_id)
        .where(DeliveryRow.status == DeliveryStatus.PENDING, DeliveryRow.superseded_by.is_(None))
        .where(DeliveryRow.created_at >= since, DeliveryRow.created_at < before)
        .where(~DeliveryRow.reason.startswith(ReasonKind.RESEND.prefix))
        .where(or_(DeliveryRow.reason != ReasonKind.SALE, ~told))
        .order_by(DeliveryRow.id.desc())
        .limit(MOST)
    )
    return [
        Residue(license_.source, license_.order_id, owed=True, since=delivery.created_at)
        for delivery, license_, event_id in rows.all()
        if is_owed(session, delivery.id) and not _is_open(session, delivery, license_, event_id)
    ]


def _is_open(session: Session, delivery: DeliveryRow, license_: LicenseRow, event_id: int) -> bool:
    """Tell whether an event that owes this mail waits, or has failed, which is told elsewhere."""
    reason = Reason.parse(delivery.reason)
    if reason.kind is ReasonKind.EVENT:
        owes = EventRow.id == int(reason.detail or 0)
    else:
        order = reason.charged_order or license_.order_id
        owes = or_(EventRow.id == event_id, _of_order(license_.source, order))
    unsettled = or_(EventRow.outcome.is_(None), EventRow.outcome == Outcome.FAILED)
    found = select(EventRow.id).where(owes, unsettled).limit(1)
    return session.execute(found).first() is not None


def _of_order(source: str, order_id: str) -> ColumnElement[bool]:
    return and_(EventRow.source == source, EventRow.order_id == order_id)
