"""Licenses as rows, and the result of a minting."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from db.owed import owed_delivery
from db.tables import LicenseRow, SaleRow
from domain.delivery import NEW_LICENSE, Reason
from domain.event import IgnoredReason
from domain.license import License
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class LicenseWithDelivery:
    """The license of an order line, and the delivery that announces it or its new end.

    `renewed`: an earlier charge of the same subscription has minted the license. If this charge
    gave the holder nothing new, `delivery_id` is None. `refused` is the reason why this payment
    counts for nothing, although its subscription has a license.
    """

    license: License
    delivery_id: int | None
    renewed: bool = False
    refused: IgnoredReason | None = None


def find_minted(session: Session, sale: Sale) -> LicenseWithDelivery | None:
    """Return the result of an earlier minting of the order line; None without a minting."""
    own = session.execute(select(LicenseRow).where(is_order_line(sale))).scalar_one_or_none()
    if own is not None:
        return LicenseWithDelivery(license_of(own), owed_delivery(session, own, NEW_LICENSE))
    if sale.subscription_id is None:
        return None
    done = select(LicenseRow).where(is_subscription(sale), _was_minted(sale))
    row = session.execute(done).scalar_one_or_none()
    return None if row is None else renewed_license(session, row, sale)


def has_license(session: Session, sale: Sale) -> bool:
    """Tell whether the order line, or its subscription, has a license already."""
    which = is_order_line(sale)
    if sale.subscription_id is not None:
        which = which | is_subscription(sale)
    return bool(session.execute(select(exists().where(which))).scalar_one())


def renewed_license(session: Session, row: LicenseRow, sale: Sale) -> LicenseWithDelivery:
    charge = Reason.charge(sale.order_id)
    return LicenseWithDelivery(license_of(row), owed_delivery(session, row, charge), renewed=True)


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


def is_order_line(sale: Sale) -> ColumnElement[bool]:
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


def is_subscription(sale: Sale) -> ColumnElement[bool]:
    return and_(
        LicenseRow.source == sale.source, LicenseRow.subscription_id == sale.subscription_id
    )
