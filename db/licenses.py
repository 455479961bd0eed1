"""Licenses as rows, and the result of a minting."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from db.owed import owed_delivery
from db.pairing import paired_license
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
    minted = select(SaleRow.license_id).where(_is_line(sale), SaleRow.minted_at.is_not(None))
    paid = session.execute(minted).one_or_none()
    if sale.subscription_id is None or paid is None:
        return None
    # A payment from before migration 0011 counts for the license of the only line.
    only = is_subscription(sale) & (LicenseRow.subscription_line == "")
    which = only if paid.license_id is None else LicenseRow.id == paid.license_id
    row = session.execute(select(LicenseRow).where(which)).scalar_one_or_none()
    return None if row is None else renewed_license(session, row, sale)


def has_license(session: Session, sale: Sale) -> bool:
    """Tell whether the order line has a license already, or counts for one of its subscription."""
    own = session.execute(select(exists().where(is_order_line(sale)))).scalar_one()
    return bool(own) or paired_license(session, sale) is not None


def waits_for_sale(session: Session, sale: Sale) -> bool:
    """Tell whether the sale is a charge of a subscription without any license."""
    if not sale.charge or sale.subscription_id is None:
        return False
    licensed = select(exists().where(is_order_line(sale) | is_subscription(sale)))
    return not session.execute(licensed).scalar_one()


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


def _is_line(sale: Sale) -> ColumnElement[bool]:
    return and_(
        SaleRow.source == sale.source,
        SaleRow.order_id == sale.order_id,
        SaleRow.line == sale.line,
    )


def is_subscription(sale: Sale) -> ColumnElement[bool]:
    return and_(
        LicenseRow.source == sale.source, LicenseRow.subscription_id == sale.subscription_id
    )
