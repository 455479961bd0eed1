"""Resends: license e-mails that a person asked for once more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.corrections import (
    NewCorrection,
    keep_correction,
    record_holder_act,
    take_correction,
    withdraw_deliveries,
)
from db.events import lock_order
from db.orders import run_failed_again
from db.tables import CorrectionRow, DeliveryRow, EventRow, LicenseRow, ResendRow, SaleRow
from domain.delivery import DeliveryStatus, Reason
from domain.event import ORDER_KINDS
from domain.identifiers import order_reference, resend_reference


@dataclass(frozen=True, slots=True)
class NewResend:
    """A request to send an order's licenses again. `to` is a corrected address, if any."""

    source: str
    order_id: str
    to: str | None
    asked_by: str
    asked_why: str | None


@dataclass(frozen=True, slots=True)
class WaitingResend:
    """A resend without a workflow yet.

    `event_id` is the event of the order that the person named. `renewed`: this order was a later
    charge of the license's membership.
    """

    id: int
    number: int
    source: str
    order_id: str
    event_id: int
    license_id: int
    delivery_id: int
    renewed: bool


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    outcome: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class StartedResend:
    """A resend whose workflow has started. `order` is the reference of the order named."""

    id: int
    order: str
    workflow_id: str
    delivery_id: int


@dataclass(frozen=True, slots=True)
class _Asked:
    new: NewResend
    said: CorrectionRow | None
    at: datetime


def ask_resends(session: Session, new: NewResend, now: datetime) -> list[int]:
    """Owe each license of the order one more e-mail; return the deliveries' ids.

    The list is empty if the order has no license. Then a corrected address is kept for the
    license to come, and a failed sale runs again with this address. The same transaction
    withdraws the mails that still wait to go to the old address.
    """
    named = lock_order(session, new.source, new.order_id)
    if not named and not _was_given(session, new):
        return []
    said = None if new.to is None else keep_correction(session, _correction(new, new.to), now)
    same_membership = and_(
        LicenseRow.source == SaleRow.source, LicenseRow.subscription_id == SaleRow.subscription_id
    )
    order = (
        select(SaleRow, LicenseRow)
        .join(LicenseRow, or_(LicenseRow.sale_id == SaleRow.id, same_membership))
        .where(SaleRow.source == new.source, SaleRow.order_id == new.order_id)
        # Two people who ask at once must get different numbers.
        .with_for_update(of=LicenseRow)
    )
    asked = _Asked(new, said, now)
    found = session.execute(order).all()
    deliveries = [_ask(session, sale, row, asked) for sale, row in found]
    if said is not None:
        record_holder_act(session, said, next((row.order_id for _, row in found), None))
    if said is not None and not deliveries:
        # A missing or wrong address may be the reason of the failure.
        run_failed_again(session, new.source, new.order_id)
    return deliveries


def _was_given(session: Session, new: NewResend) -> bool:
    """Tell whether the seller gave the order's licenses, so that no event has the order's name."""
    sale = exists().where(SaleRow.source == new.source, SaleRow.order_id == new.order_id)
    return session.execute(select(sale)).scalar_one()


def waiting_order(session: Session, source: str, order_id: str) -> WaitingOrder | None:
    """Return the state of an order without a license; None if no event names the order."""
    rows = select(EventRow.outcome, EventRow.error).filter_by(source=source, order_id=order_id)
    # An open event tells more than a settled one, and a sale's event more than a refund's.
    of_sale = case((EventRow.kind.in_(ORDER_KINDS), 0), else_=1)
    ended = case((EventRow.outcome.is_(None), 0), else_=1)
    latest = rows.order_by(of_sale, ended, EventRow.id.desc()).limit(1)
    row = session.execute(latest).one_or_none()
    return None if row is None else WaitingOrder(*row)


def logged_orders(session: Session) -> list[tuple[str, str]]:
    """Return the orders whose license e-mail was only logged, oldest first."""
    later = aliased(DeliveryRow)
    told_since = exists().where(
        later.license_id == LicenseRow.id,
        later.id > DeliveryRow.id,
        later.status.in_([DeliveryStatus.ACCEPTED, DeliveryStatus.PENDING]),
    )
    query = (
        select(LicenseRow.source, LicenseRow.order_id)
        .join(DeliveryRow, DeliveryRow.license_id == LicenseRow.id)
        .where(DeliveryRow.status == DeliveryStatus.LOGGED, ~told_since)
        .group_by(LicenseRow.id, LicenseRow.source, LicenseRow.order_id)
        .order_by(LicenseRow.id)
    )
    return [(source, order_id) for source, order_id in session.execute(query)]


# Built once, because an idle relay asks every second.
_WAITING_RESENDS = (
    select(
        ResendRow.id,
        ResendRow.number,
        SaleRow.source,
        SaleRow.order_id,
        SaleRow.event_id,
        LicenseRow.id,
        ResendRow.delivery_id,
        LicenseRow.sale_id != SaleRow.id,
    )
    .join(LicenseRow, LicenseRow.id == ResendRow.license_id)
    .join(SaleRow, SaleRow.id == ResendRow.sale_id)
    .where(ResendRow.dispatched_at.is_(None))
    .order_by(ResendRow.id)
)


def waiting_resends(session: Session) -> list[WaitingResend]:
    """Return the resends without a workflow, oldest first."""
    return [WaitingResend(*row) for row in session.execute(_WAITING_RESENDS)]


def mark_resend_dispatched(session: Session, resend_id: int, now: datetime | None) -> None:
    """Record the start of its workflow. `now` None: the relay shall start another workflow."""
    session.execute(update(ResendRow).where(ResendRow.id == resend_id).values(dispatched_at=now))


def started_resends(session: Session, before: datetime) -> list[StartedResend]:
    """Return the resends whose workflow started before that time and whose mail is still owed."""
    rows = session.execute(
        select(
            ResendRow.id, SaleRow.source, SaleRow.order_id, ResendRow.number, ResendRow.delivery_id
        )
        .join(SaleRow, SaleRow.id == ResendRow.sale_id)
        .join(DeliveryRow, DeliveryRow.id == ResendRow.delivery_id)
        .where(ResendRow.dispatched_at < before, DeliveryRow.status == DeliveryStatus.PENDING)
        .order_by(ResendRow.id)
    )
    return [
        StartedResend(
            resend_id,
            order_reference(source, order_id),
            resend_reference(source, order_id, number),
            delivery_id,
        )
        for resend_id, source, order_id, number, delivery_id in rows
    ]


def _correction(new: NewResend, to: str) -> NewCorrection:
    return NewCorrection(new.source, new.order_id, to, new.asked_by, new.asked_why)


def _ask(session: Session, sale: SaleRow, license_: LicenseRow, asked: _Asked) -> int:
    before = license_.email
    corrected = take_correction(license_, asked.said)
    number = _next_number(session, license_)
    delivery = DeliveryRow(
        license_id=license_.id,
        reason=str(Reason.resend(number)),
        to=license_.email,
        status=DeliveryStatus.PENDING,
        attempts=0,
        created_at=asked.at,
    )
    session.add(delivery)
    session.flush()
    session.add(
        ResendRow(
            license_id=license_.id,
            sale_id=sale.id,
            number=number,
            delivery_id=delivery.id,
            previous_to=before,
            asked_by=asked.new.asked_by,
            asked_why=asked.new.asked_why,
            asked_at=asked.at,
        )
    )
    if corrected:
        withdraw_deliveries(session, license_.id, delivery.id)
    return delivery.id


def _next_number(session: Session, license_: LicenseRow) -> int:
    """Return the next number within the order, because the workflow id names order and number."""
    asked = (
        select(func.coalesce(func.max(ResendRow.number), 0))
        .join(LicenseRow, LicenseRow.id == ResendRow.license_id)
        .where(LicenseRow.source == license_.source, LicenseRow.order_id == license_.order_id)
    )
    return session.execute(asked).scalar_one() + 1
