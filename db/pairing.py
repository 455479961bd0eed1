"""Finds the license for which a payment of a subscription counts."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from db.tables import EventRow, LicenseRow, SaleRow
from domain.event import ORDER_KINDS
from domain.pairing import Names, pair
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class SubscriptionLicenses:
    """The licenses of a subscription by their ids, each with the names of its line."""

    ids: tuple[int, ...] = ()
    names: tuple[Names, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an order. `license_id` is the license that it has or counts for."""

    line: str
    name: str
    license_id: int | None


def subscription_licenses(
    session: Session, source: str, subscription_id: str
) -> SubscriptionLicenses:
    of_subscription = select(LicenseRow.id, LicenseRow.subscription_line).filter_by(
        source=source, subscription_id=subscription_id
    )
    rows = session.execute(of_subscription.order_by(LicenseRow.id)).all()
    # Most shops' subscriptions have one line, without a name.
    paid = _paid_names(session, source, subscription_id) if any(name for _, name in rows) else {}
    return SubscriptionLicenses(
        tuple(number for number, _ in rows),
        tuple(tuple(dict.fromkeys([*paid.get(number, ()), name])) for number, name in rows),
    )


def paired_license(session: Session, sale: Sale) -> int | None:
    """Return the license of its subscription for which the payment of this line counts."""
    if sale.subscription_id is None:
        return None
    licenses = subscription_licenses(session, sale.source, sale.subscription_id)
    if not licenses.ids:
        return None
    lines = _lines(session, sale)
    own = next((each for each in lines if each.line == sale.line), None)
    if own is not None and own.license_id is not None:
        return own.license_id
    others = {each.license_id for each in lines}
    taken = [place for place, number in enumerate(licenses.ids) if number in others]
    rest = [each for each in lines if each.license_id is None]
    found = pair([each.name for each in rest], licenses.names, taken)
    place = next((n for n, each in enumerate(rest) if each.line == sale.line), -1)
    return licenses.ids[found[place]] if place in found else None


def is_being_minted(session: Session, sale: Sale) -> bool:
    """Tell whether the first payment of the same line has a run that may mint its license."""
    same_line = and_(
        is_of_subscription(sale),
        SaleRow.subscription_line == sale.subscription_line,
        SaleRow.minted_at.is_(None),
        SaleRow.charge.is_not(True),
    )
    runs = exists().where(
        EventRow.source == SaleRow.source,
        EventRow.order_id == SaleRow.order_id,
        EventRow.kind.in_(ORDER_KINDS),
        EventRow.outcome.is_(None),
    )
    return bool(session.execute(select(exists().where(same_line, runs))).scalar_one())


def is_of_subscription(sale: Sale) -> ColumnElement[bool]:
    return and_(SaleRow.source == sale.source, SaleRow.subscription_id == sale.subscription_id)


def _paid_names(session: Session, source: str, subscription_id: str) -> dict[int, list[str]]:
    """Return the names of each license's line in its payments, newest first."""
    counted = select(
        SaleRow.license_id, SaleRow.sold_at, SaleRow.order_id, SaleRow.subscription_line
    ).where(
        SaleRow.source == source,
        SaleRow.subscription_id == subscription_id,
        SaleRow.license_id.is_not(None),
    )
    rows = sorted(
        (row.sold_at, row.order_id, row.license_id, row.subscription_line)
        for row in session.execute(counted)
    )
    names: dict[int, list[str]] = {}
    # Sorted in Python, because two databases sort texts in two ways.
    for _, _, number, name in reversed(rows):
        names.setdefault(number, []).append(name)
    return names


def _lines(session: Session, sale: Sale) -> list[_Line]:
    rows = session.execute(
        select(SaleRow.line, SaleRow.subscription_line, SaleRow.license_id, LicenseRow.id)
        .outerjoin(LicenseRow, LicenseRow.sale_id == SaleRow.id)
        .where(is_of_subscription(sale), SaleRow.order_id == sale.order_id)
        .order_by(SaleRow.id)
    )
    return [_Line(line, name, counts or own) for line, name, counts, own in rows]
