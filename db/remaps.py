"""Licenses that a person gives the terms of today's product mapping."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from db.events import note_event
from db.inserting import the_one
from db.resends import NewResend, ask_resends
from db.sales import load_sale
from db.tables import DeliveryRow, LicenseRow, RemapRow, SaleRow
from domain.catalog import Catalog
from domain.changes import brings_more
from domain.remapping import LicenseWithPayments, Terms, terms_today


@dataclass(frozen=True, slots=True)
class Asker:
    """The person who asked, the reason, and whether a gain may be mailed to the holder."""

    name: str
    why: str | None
    may_mail: bool = True


@dataclass(frozen=True, slots=True)
class Remapped:
    before: Terms
    after: Terms
    delivery_id: int | None


def licenses_of_order(session: Session, source: str, order_id: str) -> list[int]:
    """Return the licenses of an order, and of the membership that the order belongs to."""
    same = and_(
        LicenseRow.source == SaleRow.source, LicenseRow.subscription_id == SaleRow.subscription_id
    )
    order = (
        select(LicenseRow.id)
        .join(SaleRow, or_(LicenseRow.sale_id == SaleRow.id, same))
        .where(SaleRow.source == source, SaleRow.order_id == order_id)
    )
    return list(session.scalars(order.distinct().order_by(LicenseRow.id)))


def licenses_of_product(session: Session, product: str) -> list[int]:
    """Return the licenses of a product, found by its id or by an alias."""
    rows = session.execute(
        select(LicenseRow.id, SaleRow.product_id, SaleRow.product_aliases)
        .join(SaleRow, SaleRow.id == LicenseRow.sale_id)
        .order_by(LicenseRow.id)
    )
    return [found for found, own, aliases in rows if product in (own, *aliases)]


def load_held(session: Session, license_id: int) -> LicenseWithPayments:
    row = the_one(session, LicenseRow, id=license_id)
    sale = load_sale(session, row.sale_id)
    paid = [load_sale(session, found) for found in session.scalars(_payments(row))]
    return LicenseWithPayments(row.id, sale, tuple(paid), _terms(row))


def remap_license(
    session: Session, license_id: int, catalog: Catalog, asker: Asker, now: datetime
) -> Remapped | None:
    """Give the license today's terms, and owe a mail, in one transaction.

    Return None if the terms are the same already. The terms are decided again here, because a
    charge may have come since a person saw the plan.
    """
    # Locked, so that a charge at the same moment sees the new terms.
    row = session.scalars(
        select(LicenseRow).where(LicenseRow.id == license_id).with_for_update()
    ).one()
    held = load_held(session, license_id)
    after = terms_today(held, catalog)
    if after is None or after == held.terms:
        return None
    row.tier, row.seats, row.expires_at = after.tier, after.seats, after.expires_at
    row.product_name, row.products_sha256 = after.product_name, catalog.sha256
    session.flush()
    delivery_id = None
    if asker.may_mail and brings_more(held.terms, after, now):
        resend = NewResend(row.source, row.order_id, None, asker.name, asker.why)
        owed = DeliveryRow.id.in_(ask_resends(session, resend, now))
        delivery_id = session.scalar(
            select(DeliveryRow.id).where(owed, DeliveryRow.license_id == row.id)
        )
    done = Remapped(held.terms, after, delivery_id)
    _record(session, row, done, asker, now)
    return done


def _record(session: Session, row: LicenseRow, done: Remapped, asker: Asker, now: datetime) -> None:
    event_id = the_one(session, SaleRow, id=row.sale_id).event_id
    session.add(
        RemapRow(
            license_id=row.id,
            before=_plain(done.before),
            after=_plain(done.after),
            delivery_id=done.delivery_id,
            asked_by=asker.name,
            asked_why=asker.why,
            asked_at=now,
            products_sha256=row.products_sha256,
        )
    )
    when = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    note_event(session, event_id, f"its license was decided anew by `mintpost remap` at {when}")


def _plain(terms: Terms) -> dict[str, Any]:
    end = None if terms.expires_at is None else terms.expires_at.isoformat()
    return {**asdict(terms), "expires_at": end}


def _payments(row: LicenseRow) -> Select[int]:
    """Select the license's own sale and each charge that extended the license."""
    own = SaleRow.id == row.sale_id
    if row.subscription_id is None:
        return select(SaleRow.id).where(own)
    charge = and_(
        SaleRow.source == row.source,
        SaleRow.subscription_id == row.subscription_id,
        SaleRow.minted_at.is_not(None),
    )
    return select(SaleRow.id).where(or_(own, charge)).order_by(SaleRow.id)


def _terms(row: LicenseRow) -> Terms:
    return Terms(row.tier, row.seats, row.expires_at, row.product_name)
