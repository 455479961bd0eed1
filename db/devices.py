"""The devices of a license: activated, seen, released. Each change locks the license's devices."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from db.inserting import insert_once
from db.locks import lock_devices
from db.tables import DeviceRow, LicenseRow, ReleaseRow
from db.updating import count_updated
from domain.online import Device, Extra, device_hash


class ReleasedBy(StrEnum):
    """The one who released a device. `device_releases.released_by` holds the value."""

    HOLDER = "holder"  #: An app asked for it.
    REPLACEMENT = "replacement"  #: A new device took the place.
    OPERATOR = "operator"  #: `mintpost devices` did.


class TooManyReleasesError(Exception):
    """The holder's apps released so many devices that they may release no more for now."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The most devices that the holder's apps may release after `since`, replacements included."""

    most: int
    since: datetime


@dataclass(frozen=True, slots=True)
class NewDevice:
    """An activation. `limit` None: any number of devices.

    `unseen_since`: if all places are taken, the device unseen for longest gives way, if nobody saw
    it since then, within the `bound` of releases. None: no device gives way.
    """

    license_id: int
    device: str
    label: str
    limit: int | None
    at: datetime
    unseen_since: datetime | None = None
    bound: Bound | None = None
    extra: Extra | None = None


@dataclass(frozen=True, slots=True)
class Activated:
    """The result of an activation. `device` None: all places are taken.

    `is_new`: the device took a place that it did not have.
    """

    device: Device | None
    used: int
    is_new: bool


DEVICES = DeviceRow.__table__
COLUMNS = tuple(DEVICES.c[each.name] for each in fields(Device))


def activate(session: Session, new: NewDevice) -> Activated:
    """Give the device a place, once. A device that has one keeps it, also above the limit."""
    lock_devices(session, new.license_id)
    hashed = device_hash(new.license_id, new.device)
    known = find_device(session, new.license_id, hashed)
    used = count_devices(session, new.license_id)
    if known is not None:
        return Activated(_renamed(session, known, new), used, is_new=False)
    if new.limit is not None and used >= new.limit:
        # After the limit was lowered, one release is not enough.
        if used > new.limit or not _make_room(session, new):
            return Activated(None, used, is_new=False)
        used -= 1
    _insert(session, new, hashed)
    return Activated(find_device(session, new.license_id, hashed), used + 1, is_new=True)


def release_by_holder(
    session: Session, license_id: int, hashed: str, bound: Bound | None, now: datetime
) -> bool:
    """Take the device's place away. False if it has none. Raises TooManyReleasesError."""
    lock_devices(session, license_id)
    is_bound = _is_bound(session, license_id, bound)
    if not _release(session, license_id, hashed, ReleasedBy.HOLDER, now):
        return False
    if is_bound:
        raise TooManyReleasesError  # The transaction takes the release back.
    return True


def release_by_operator(session: Session, license_id: int, hashed: str, now: datetime) -> bool:
    """Take the device's place away. False if it has none."""
    lock_devices(session, license_id)
    return _release(session, license_id, hashed, ReleasedBy.OPERATOR, now)


def set_device_limit(session: Session, license_id: int, limit: int | None) -> None:
    """Keep the operator's word on the most devices. None: the product mapping says it again."""
    lock_devices(session, license_id)
    session.execute(
        update(LicenseRow).where(LicenseRow.id == license_id).values(device_limit=limit)
    )


def see_device(session: Session, license_id: int, hashed: str, now: datetime) -> bool:
    """Note that the device's app asked. True if that was the first time today."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    unseen = update(DeviceRow).where(_is(license_id, hashed), DeviceRow.last_seen < today)
    return count_updated(session, unseen.values(last_seen=now)) == 1


# Plain columns, built once, because each question of an app needs it.
ONE_DEVICE = select(*COLUMNS).where(
    DEVICES.c.license_id == bindparam("license_id"), DEVICES.c.device_hash == bindparam("hashed")
)


def find_device(session: Session, license_id: int, hashed: str) -> Device | None:
    which = {"license_id": license_id, "hashed": hashed}
    found = session.execute(ONE_DEVICE, which).one_or_none()
    return None if found is None else Device(*found)


def list_devices(session: Session, license_id: int, most: int | None = None) -> Sequence[Device]:
    """Return the devices, or so many of them, the one unseen for longest first."""
    rows = select(*COLUMNS).where(DEVICES.c.license_id == license_id)
    oldest_first = rows.order_by(DEVICES.c.last_seen, DEVICES.c.id).limit(most)
    return [Device(*row) for row in session.execute(oldest_first)]


def count_devices(session: Session, license_id: int) -> int:
    count = select(func.count()).select_from(DeviceRow).where(DeviceRow.license_id == license_id)
    return session.execute(count).scalar_one()


def _is(license_id: int, hashed: str) -> ColumnElement[bool]:
    return and_(DeviceRow.license_id == license_id, DeviceRow.device_hash == hashed)


def _insert(session: Session, new: NewDevice, hashed: str) -> None:
    insert_once(
        session,
        DeviceRow,
        license_id=new.license_id,
        device_hash=hashed,
        label=new.label,
        activated_at=new.at,
        last_seen=new.at,
        extra=None if new.extra is None else dict(new.extra),
    )


def _renamed(session: Session, known: Device, new: NewDevice) -> Device:
    if new.label in {"", known.label}:
        return known
    rename = update(DeviceRow).where(_is(new.license_id, known.device_hash))
    session.execute(rename.values(label=new.label))
    return replace(known, label=new.label)


def _make_room(session: Session, new: NewDevice) -> bool:
    """Release the device unseen for longest, if the app may replace it."""
    if new.unseen_since is None or _is_bound(session, new.license_id, new.bound):
        return False
    oldest = next(iter(list_devices(session, new.license_id, 1)), None)
    if oldest is None or oldest.last_seen > new.unseen_since:
        return False
    return _release(session, new.license_id, oldest.device_hash, ReleasedBy.REPLACEMENT, new.at)


def _is_bound(session: Session, license_id: int, bound: Bound | None) -> bool:
    """Tell whether the holder's apps may release no more devices for now."""
    if bound is None:
        return False
    count = (
        select(func.count())
        .select_from(ReleaseRow)
        .where(
            ReleaseRow.license_id == license_id,
            ReleaseRow.released_at >= bound.since,
            ReleaseRow.released_by != ReleasedBy.OPERATOR,
        )
    )
    return session.execute(count).scalar_one() >= bound.most


def _release(session: Session, license_id: int, hashed: str, by: ReleasedBy, now: datetime) -> bool:
    gone = delete(DeviceRow).where(_is(license_id, hashed)).returning(DeviceRow.id)
    if session.execute(gone).first() is None:
        return False
    insert_once(session, ReleaseRow, license_id=license_id, released_by=by, released_at=now)
    return True
