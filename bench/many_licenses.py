"""Fills a database with licenses and devices, as of a shop that has sold for years."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.tables import DeviceRow, EventRow, LicenseRow, SaleRow, Table
from domain.online import device_hash
from kit.clock import utc_now
from licensing.keys import new_key, new_token_id

DEVICE = "a-device-of-the-bench"
DEVICES = 3
AT_ONCE = 5000


def fill(session: Session, license_id: int, count: int) -> None:
    """Copy one license `count` times, each with an order, a key and three devices of its own."""
    row = session.get_one(LicenseRow, license_id)
    sale = plain(session.get_one(SaleRow, row.sale_id))
    event = plain(session.get_one(EventRow, sale["event_id"]))
    license_ = plain(row) | {"token": "not.signed.here", "token_signed_by": row.token_signed_by}
    first = 1_000_000
    for start in range(first, first + count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, first + count))
        names = [{"id": number, "order_id": f"order-{number}"} for number in numbers]
        session.execute(insert(EventRow), [event | name for name in names])
        ids = [name | {"event_id": name["id"]} for name in names]
        session.execute(insert(SaleRow), [sale | each for each in ids])
        keys = [{"key": new_key(), "token_id": new_token_id()} for _ in numbers]
        pairs = zip(names, keys, strict=True)
        mine = [license_ | name | key | {"sale_id": name["id"]} for name, key in pairs]
        session.execute(insert(LicenseRow), mine)
        session.execute(insert(DeviceRow), [each for number in numbers for each in devices(number)])


def devices(license_id: int) -> list[dict[str, Any]]:
    at = utc_now()
    return [
        {
            "license_id": license_id,
            "device_hash": device_hash(license_id, f"d{number}"),
            "label": "",
            "activated_at": at,
            "last_seen": at,
        }
        for number in range(DEVICES)
    ]


def plain(row: Table) -> dict[str, Any]:
    return {each.key: getattr(row, each.key) for each in row.__mapper__.column_attrs}
