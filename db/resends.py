"""Resends: license e-mails that a person asked for once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, exists, func, or_, select
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
from domain.delivery import ACCEPTED, DeliveryStatus, Reason
from domain.event import ORDER_KINDS
from domain.identifiers import resend_reference


@dataclass(frozen=True, slots=True)
class NewResend:
    """A request to send an order's licenses again. `to` is a corrected address, if any.

    `license_id` names the only license to send; None: all licenses of the order.
    """

    source: str
    order_id: str
    to: str | None
    asked_by: str
    asked_why: str | None
    license_id: int | None = None


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    outcome: str | None
    error: str | None


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
        .order_by(LicenseRow.id, LicenseRow.sale_id != SaleRow.id)
        # Two people who ask at once must get different numbers.
        .with_for_update(of=LicenseRow)
    )
    if new.license_id is not None:
        order = order.where(LicenseRow.id == new.license_id)
    asked = _Asked(new, said, now)
    # A charge of several lines is joined with each license of its subscription once a line.
    found = {row.id: (sale, row) for sale, row in reversed(session.execute(order).all())}
    lines = [found[license_id] for license_id in sorted(found)]
    licenses = [row for _, row in lines]
    number = _next_number(session, new.source, licenses)
    deliveries = [_ask(session, sale, row, number, asked) for sale, row in lines]
    if said is not None:
        record_holder_act(session, said, next((row.order_id for row in licenses), None))
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
        later.status.in_([*ACCEPTED, DeliveryStatus.PENDING]),
    )
    query = (
        select(LicenseRow.source, LicenseRow.order_id)
        .join(DeliveryRow, DeliveryRow.license_id == LicenseRow.id)
        .where(DeliveryRow.status == DeliveryStatus.LOGGED, ~told_since)
        .group_by(LicenseRow.id, LicenseRow.source, LicenseRow.order_id)
        .order_by(LicenseRow.id)
    )
    # Once for each order, because one request sends all of its licenses.
    return list(dict.fromkeys((source, order_id) for source, order_id in session.execute(query)))


def _correction(new: NewResend, to: str) -> NewCorrection:
    return NewCorrection(new.source, new.order_id, to, new.asked_by, new.asked_why)


def _ask(session: Session, sale: SaleRow, license_: LicenseRow, number: int, asked: _Asked) -> int:
    before = license_.email
    corrected = take_correction(license_, asked.said)
    delivery = DeliveryRow(
        license_id=license_.id,
        reason=str(Reason.resend(number)),
        to=license_.email,
        status=DeliveryStatus.PENDING,
        attempts=0,
        created_at=asked.at,
        letter=resend_reference(sale.source, sale.order_id, number),
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


def _next_number(session: Session, source: str, licenses: Iterable[LicenseRow]) -> int:
    """Return the next number within the orders of all these licenses.

    They share it, because they share one workflow, whose id names order and number.
    """
    orders = {each.order_id for each in licenses}
    asked = (
        select(func.coalesce(func.max(ResendRow.number), 0))
        .join(LicenseRow, LicenseRow.id == ResendRow.license_id)
        .where(LicenseRow.source == source, LicenseRow.order_id.in_(orders))
    )
    return session.execute(asked).scalar_one() + 1
