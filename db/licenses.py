"""Minting: one license per order line and per subscription, with its owed e-mail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from db.corrections import kept_correction, take_correction, withdraw_deliveries
from db.events import lock_order, note_event
from db.holders import follow_charge
from db.inserting import insert_once, the_one
from db.tables import CorrectionRow, DeliveryRow, LicenseRow, SaleRow
from db.updating import count_updated
from domain.delivery import NEW_LICENSE, DeliveryStatus, Reason
from domain.license import License, LicenseStatus
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class NewLicense:
    """The mapping's decision for a sale, with key and token id in case a new license is needed.

    `note` explains the decision on event `event_id`, because no later run decides again. Without
    `event_id`, notes go to the event that the sale was read from.
    """

    sale_id: int
    key: str
    product_name: str
    tier: str
    seats: int
    expires_at: datetime | None
    products_sha256: str
    token_id: str | None = None
    event_id: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LicenseWithDelivery:
    """The license of an order line, and the delivery that announces it or its new end.

    `renewed`: an earlier charge of the same subscription has minted the license. If this charge
    did not move the end, `delivery_id` is None.
    """

    license: License
    delivery_id: int | None
    renewed: bool = False


def find_minted(session: Session, sale: Sale) -> LicenseWithDelivery | None:
    """Return the result of an earlier minting of the order line; None without a minting."""
    own = session.execute(select(LicenseRow).where(_is_order_line(sale))).scalar_one_or_none()
    if own is not None:
        return LicenseWithDelivery(license_of(own), _delivery_id(session, own, NEW_LICENSE))
    if sale.subscription_id is None:
        return None
    done = select(LicenseRow).where(_is_subscription(sale), _was_minted(sale))
    row = session.execute(done).scalar_one_or_none()
    return None if row is None else _renewed(session, row, sale)


def mint_license(
    session: Session, sale: Sale, new: NewLicense, now: datetime
) -> LicenseWithDelivery:
    """Mint the order line's license, or extend the license of its subscription.

    The same transaction commits the license and its delivery, so that a crash leaves both or
    neither. A repetition returns the existing license with its delivery.
    """
    lock_order(session, sale.source, sale.order_id)
    if new.event_id is not None:
        note_event(session, new.event_id, new.note)
    said = kept_correction(session, sale)
    _insert_license(session, sale, new, said, now)
    if own := _locked(session, _is_order_line(sale)):
        _mark_minted(session, sale, new, now)
        _owe(session, own, NEW_LICENSE, now)
        return LicenseWithDelivery(license_of(own), _delivery_id(session, own, NEW_LICENSE))
    row = _locked(session, _is_subscription(sale))
    if row is None:
        raise LookupError("no license after its insert")
    # A repetition must not extend again: the mapping may have another term by now.
    if _mark_minted(session, sale, new, now):
        corrected = take_correction(row, said)
        if not corrected:
            follow_charge(session, row, sale, new.sale_id, new.event_id)
        if _extend(row, new.expires_at) or corrected:
            owed = _owe(session, row, Reason.charge(sale.order_id), now)
            if corrected:
                withdraw_deliveries(session, row.id, owed)
    return _renewed(session, row, sale)


def _renewed(session: Session, row: LicenseRow, sale: Sale) -> LicenseWithDelivery:
    return LicenseWithDelivery(
        license_of(row), _delivery_id(session, row, Reason.charge(sale.order_id)), renewed=True
    )


def _mark_minted(session: Session, sale: Sale, new: NewLicense, now: datetime) -> bool:
    """Record the holder of the minted order line; False if an earlier run did."""
    first = update(SaleRow).where(SaleRow.id == new.sale_id, SaleRow.minted_at.is_(None))
    values = {"minted_at": now, "email": sale.email, "name": sale.name}
    return count_updated(session, first.values(values)) == 1


def _locked(session: Session, which: ColumnElement[bool]) -> LicenseRow | None:
    # Two charges of one subscription may come at once, and the second must see the first's end.
    query = select(LicenseRow).where(which).with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def _extend(row: LicenseRow, end: datetime | None) -> bool:
    """Move the end to a later `end`, in any order of charges; False if the end stays."""
    if row.expires_at is None or (end is not None and end <= row.expires_at):
        return False
    row.expires_at = end
    return True


def _owe(session: Session, row: LicenseRow, reason: Reason, now: datetime) -> int:
    owed = insert_once(
        session,
        DeliveryRow,
        license_id=row.id,
        reason=str(reason),
        to=row.email,
        status=DeliveryStatus.PENDING,
        attempts=0,
        created_at=now,
    )
    return owed or the_one(session, DeliveryRow, license_id=row.id, reason=str(reason)).id


def _delivery_id(session: Session, row: LicenseRow, reason: Reason) -> int | None:
    owed = select(DeliveryRow.id).filter_by(license_id=row.id, reason=str(reason))
    return session.execute(owed).scalar_one_or_none()


def license_of(row: LicenseRow) -> License:
    return License(
        id=row.id,
        key=row.key,
        source=row.source,
        order_id=row.order_id,
        product_id=row.product_id,
        product_name=row.product_name,
        tier=row.tier,
        email=row.email,
        name=row.name,
        seats=row.seats,
        test=row.test,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        token_id=row.token_id,
        status=row.status,
        reason=row.reason,
        renews=row.renews,
        grace_until=row.grace_until,
    )


def _insert_license(
    session: Session, sale: Sale, new: NewLicense, said: CorrectionRow | None, now: datetime
) -> None:
    insert_once(
        session,
        LicenseRow,
        sale_id=new.sale_id,
        key=new.key,
        source=sale.source,
        order_id=sale.order_id,
        line=sale.line,
        subscription_id=sale.subscription_id,
        product_id=sale.product.product_id,
        product_name=new.product_name,
        tier=new.tier,
        email=sale.email if said is None else said.to,
        correction_id=None if said is None else said.id,
        name=sale.name,
        seats=new.seats,
        status=LicenseStatus.ACTIVE,
        test=sale.test,
        products_sha256=new.products_sha256,
        issued_at=now,
        expires_at=new.expires_at,
        created_at=now,
        token_id=new.token_id,
    )


def _is_order_line(sale: Sale) -> ColumnElement[bool]:
    return and_(
        LicenseRow.source == sale.source,
        LicenseRow.order_id == sale.order_id,
        LicenseRow.line == sale.line,
    )


def _was_minted(sale: Sale) -> ColumnElement[bool]:
    return exists().where(
        SaleRow.source == sale.source,
        SaleRow.order_id == sale.order_id,
        SaleRow.line == sale.line,
        SaleRow.minted_at.is_not(None),
    )


def _is_subscription(sale: Sale) -> ColumnElement[bool]:
    return and_(
        LicenseRow.source == sale.source, LicenseRow.subscription_id == sale.subscription_id
    )
