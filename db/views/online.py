"""A license as the questions of apps need it, in one read."""

from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import Session

from db.further_keys import grouped
from db.sales import sale_of
from db.tables import DeviceRow, FurtherKeyRow, LicenseRow, SaleRow
from domain.license import License
from domain.online import Device, device_hash
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class Asked:
    """A folded key, and the asked device. `is_ours`: it is a well-formed key of Mintpost.

    `spellings` are those in which a storefront may have written a key of its own.
    """

    folded: str
    is_ours: bool
    device: str | None = None
    spellings: frozenset[str] = frozenset()


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


# Plain columns, and statements built once: the objects of the mapper, and each building of a
# statement, take longer than the database does.
LICENSES, SALES, DEVICES, FURTHER_KEYS = (
    each.__table__ for each in (LicenseRow, SaleRow, DeviceRow, FurtherKeyRow)
)
LICENSE = tuple(LICENSES.c[each.name] for each in fields(License))
DEVICE = tuple(DEVICES.c[each.name] for each in fields(Device))
SALE = tuple(SALES.c)
SALE_NAMES = tuple(SALES.c.keys())


def _used(license_id: ColumnElement[int]) -> ScalarSelect[int]:
    every = DEVICES.alias()
    return select(func.count(every.c.id)).where(every.c.license_id == license_id).scalar_subquery()


def _query(which: ColumnElement[bool]) -> Select[Any]:
    own = LICENSES.c.token, LICENSES.c.device_limit, _used(LICENSES.c.id)
    both = LICENSES.join(SALES, SALES.c.id == LICENSES.c.sale_id)
    return select(*own, *LICENSE, *SALE).select_from(both).where(which)


BY_OWN_KEY = _query(LICENSES.c.key == bindparam("key"))
BY_ID = _query(LICENSES.c.id == bindparam("license_id"))
# With their number as of this statement: the device may have come after the first statement.
ONE_OF_ALL = select(_used(DEVICES.c.license_id), *DEVICE).where(
    DEVICES.c.license_id == bindparam("license_id"), DEVICES.c.device_hash == bindparam("hashed")
)
FURTHER = select(FURTHER_KEYS.c.license_id, FURTHER_KEYS.c.key).where(
    FURTHER_KEYS.c.folded == bindparam("folded")
)
WAITING = (
    select(SALES.c.id)
    .where(
        SALES.c.minted_at.is_(None),
        SALES.c.shop_key.is_not(None),
        SALES.c.shop_key.in_(bindparam("spellings", expanding=True)),
    )
    .limit(1)
)


def find_online(session: Session, asked: Asked) -> OnlineLicense | None:
    """Return the license with this key, its own or a further key."""
    if asked.is_ours:
        own = session.execute(BY_OWN_KEY, {"key": grouped(asked.folded)}).one_or_none()
        if own is not None:
            return _online(session, own, grouped(asked.folded), asked.device)
    further = session.execute(FURTHER, {"folded": asked.folded}).one_or_none()
    if further is None:
        return None
    found = session.execute(BY_ID, {"license_id": further.license_id}).one()
    return _online(session, found, further.key, asked.device)


def find_or_wait(session: Session, asked: Asked) -> tuple[OnlineLicense | None, bool]:
    """Return the license, and whether a sale with such a key of the storefront waits for one."""
    found = find_online(session, asked)
    if found is not None or not asked.spellings:
        return found, False
    waiting = session.execute(WAITING, {"spellings": sorted(asked.spellings)}).first()
    return None, waiting is not None


def _online(session: Session, found: Row[Any], key: str, device: str | None) -> OnlineLicense:
    token, device_limit, used, *columns = tuple(found)
    license_ = License(*columns[: len(LICENSE)])
    named = zip(SALE_NAMES, columns[len(LICENSE) :], strict=True)
    # A namespace with the columns of a row is read as the row is.
    sale = cast("SaleRow", SimpleNamespace(**dict(named)))
    known = None
    if device is not None:
        which = {"license_id": license_.id, "hashed": device_hash(license_.id, device)}
        if (counted := session.execute(ONE_OF_ALL, which).one_or_none()) is not None:
            used, *columns_of_device = tuple(counted)
            known = Device(*columns_of_device)
    decided = sale.decided or {}
    return OnlineLicense(
        license=license_,
        sale=sale_of(sale),
        key=key,
        mapped_under=decided.get("mapped_under") or license_.source,
        token=token,
        device_limit=device_limit,
        used=used,
        device=known,
    )
