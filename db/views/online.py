"""A license as the questions of apps need it, in one read."""

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session, undefer

from db.devices import find_device
from db.further_keys import grouped
from db.licenses import license_of
from db.sales import sale_of
from db.tables import DeviceRow, FurtherKeyRow, LicenseRow, SaleRow
from domain.license import License
from domain.online import Device, device_hash
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class Asked:
    """A folded key, and the asked device. `is_ours`: it is a well-formed key of Mintpost."""

    folded: str
    is_ours: bool
    device: str | None = None


@dataclass(frozen=True, slots=True)
class OnlineLicense:
    """A license with the sale that minted it, and its devices counted.

    `key` is the asked key as the license's holder got it. `token` None: the worker has yet to sign
    it. `device` is the asked device if it is activated.
    `mapped_under` is the storefront whose entry of the product mapping decided.
    """

    license: License
    sale: Sale
    key: str
    mapped_under: str
    token: str | None
    device_limit: int | None
    used: int
    device: Device | None = None


Found: TypeAlias = Row[LicenseRow, SaleRow, int]


def _query(which: ColumnElement[bool]) -> Select[LicenseRow, SaleRow, int]:
    used = (
        select(func.count(DeviceRow.id))
        .where(DeviceRow.license_id == LicenseRow.id)
        .scalar_subquery()
    )
    query = select(LicenseRow, SaleRow, used).join(SaleRow, SaleRow.id == LicenseRow.sale_id)
    return query.where(which).options(undefer(LicenseRow.token))


# Built once: building a statement takes longer than its answer.
BY_OWN_KEY = _query(LicenseRow.key == bindparam("key"))
BY_ID = _query(LicenseRow.id == bindparam("license_id"))
FURTHER = select(FurtherKeyRow.license_id, FurtherKeyRow.key).where(
    FurtherKeyRow.folded == bindparam("folded")
)


def find_online(session: Session, asked: Asked) -> OnlineLicense | None:
    """Return the license with this key, its own or a further key."""
    if asked.is_ours:
        own = session.execute(BY_OWN_KEY, {"key": grouped(asked.folded)}).one_or_none()
        if own is not None:
            return _online(session, own, own[0].key, asked.device)
    further = session.execute(FURTHER, {"folded": asked.folded}).one_or_none()
    if further is None:
        return None
    found = session.execute(BY_ID, {"license_id": further.license_id}).one()
    return _online(session, found, further.key, asked.device)


def is_being_minted(session: Session, spellings: frozenset[str]) -> bool:
    """Tell whether a sale with this key of the storefront waits for its license."""
    waiting = select(SaleRow.id).where(
        SaleRow.minted_at.is_(None),
        SaleRow.shop_key.is_not(None),
        SaleRow.shop_key.in_(spellings),
    )
    return session.scalar(waiting.limit(1)) is not None


def _online(session: Session, found: Found, key: str, device: str | None) -> OnlineLicense:
    row, sale, used = found
    known = None
    if device is not None:
        known = find_device(session, row.id, device_hash(row.id, device))
    decided = sale.decided or {}
    return OnlineLicense(
        license=license_of(row),
        sale=sale_of(sale),
        key=key,
        mapped_under=decided.get("mapped_under") or row.source,
        token=row.token,
        device_limit=row.device_limit,
        used=used,
        device=known,
    )
