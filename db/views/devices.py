"""The devices of licenses as a person sees them, and the facts that decide how many may be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sales import product_of
from db.tables import DeviceRow, LicenseRow, ReleaseRow, SaleRow
from db.views.lists import Filters, line_of, of_licenses
from domain.online import Device
from domain.sale import Product

MOST_RELEASES = 20
"""The newest releases that `mintpost show` tells."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """An activated device. Field names are JSON keys of the contract. `id` is its public id."""

    license_id: int
    id: str
    label: str
    activated_at: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A device that was released. `released_by` is a value of `db.devices.ReleasedBy`."""

    license_id: int
    released_by: str
    released_at: datetime


@dataclass(frozen=True, slots=True)
class MappedProduct:
    """The facts of a license that choose its entry of the product mapping.

    `sold` is the product of its sale; `product_id` and `tier` are the license's own.
    """

    mapped_under: str
    sold: Product
    product_id: str
    tier: str


def list_devices_of(session: Session, license_ids: Collection[int]) -> list[DeviceLine]:
    """Return the devices license by license, the one unseen for longest first."""
    of_licenses_ = select(DeviceRow).where(DeviceRow.license_id.in_(license_ids))
    rows = of_licenses_.order_by(DeviceRow.license_id, DeviceRow.last_seen, DeviceRow.id)
    return [line_of(DeviceLine, row, id=_public_id(row)) for row in session.scalars(rows)]


def list_releases_of(session: Session, license_ids: Collection[int]) -> list[ReleaseLine]:
    """Return the newest releases, newest first."""
    rows = select(ReleaseRow).where(ReleaseRow.license_id.in_(license_ids))
    newest = rows.order_by(ReleaseRow.id.desc()).limit(MOST_RELEASES)
    return [line_of(ReleaseLine, row) for row in session.scalars(newest)]


def mapped_products(session: Session, filters: Filters) -> dict[int, MappedProduct]:
    """Return the facts by license."""
    columns = select(
        LicenseRow.id,
        LicenseRow.source,
        SaleRow,
        LicenseRow.product_id,
        LicenseRow.tier,
    )
    query = columns.select_from(LicenseRow).join(SaleRow, SaleRow.id == LicenseRow.sale_id)
    return {
        license_id: MappedProduct(
            mapped_under=(sale.decided or {}).get("mapped_under") or source,
            sold=product_of(sale),
            product_id=product_id,
            tier=tier,
        )
        for license_id, source, sale, product_id, tier in session.execute(
            of_licenses(query, filters)
        )
    }


def _public_id(row: DeviceRow) -> str:
    return Device(row.device_hash, row.label, row.activated_at, row.last_seen).id
