"""The sales that a buyer's complaint may mean: it never contains a sale id."""

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.listing import Filters, SaleLine, list_sales
from db.models import Correction, Delivery, LicenseRow, Resend, SaleRow

SHORTEST_PART = 4


def find_sales(session: Session, text: str, key: str, limit: int) -> list[SaleLine]:
    """Return the sales whose buyer, address, license key or order number `text` may be.

    A part of a name, an address or a key is enough; `key` is the text as keys are written,
    without dashes.
    An address that was corrected since finds its sale as well.
    """
    by_license = select(LicenseRow.sale_id).where(
        or_(_holds(LicenseRow.email, text), _holds(LicenseRow.name, text), _holds_key(key))
    )
    by_mail = (
        select(LicenseRow.sale_id)
        .join(Delivery, Delivery.license_id == LicenseRow.id)
        .outerjoin(Resend, Resend.license_id == LicenseRow.id)
        .where(or_(_holds(Delivery.to, text), _holds(Resend.previous_to, text)))
    )
    by_correction = select(Correction.id).where(
        Correction.source == SaleRow.source,
        Correction.order_id == SaleRow.order_id,
        _holds(Correction.to, text),
    )
    which = or_(
        _holds(SaleRow.email, text),
        _holds(SaleRow.name, text),
        SaleRow.order_number == text,
        SaleRow.order_id == text,
        SaleRow.id.in_(by_license),
        SaleRow.id.in_(by_mail),
        by_correction.exists(),
    )
    return list_sales(session, Filters(limit=limit), which)


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return column.icontains(text, autoescape=True)


def _holds_key(key: str) -> ColumnElement[bool]:
    # A shorter part stands in every other key by chance.
    if len(key) < SHORTEST_PART:
        return false()
    return func.replace(LicenseRow.key, "-", "").contains(key, autoescape=True)
