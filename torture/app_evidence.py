"""Reads the licenses for which apps asked: their devices, and their states over the round."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.lives import from_plain
from db.tables import ChangeRow, DeviceRow, LicenseRow


@dataclass(frozen=True, slots=True)
class FoundState:
    """The state of a license since the time `at`."""

    at: datetime
    status: str
    reason: str | None
    seats: int
    good_until: datetime | None


@dataclass(frozen=True, slots=True)
class AskedLicense:
    """A license for which apps asked. `devices` are the hashes of its devices after the round."""

    license_id: int
    order_id: str
    devices: frozenset[str]
    states: tuple[FoundState, ...]


def asked_licenses(session: Session, license_ids: Iterable[int]) -> tuple[AskedLicense, ...]:
    ids = set(license_ids)
    states, devices = defaultdict[int, list[FoundState]](list), defaultdict[int, set[str]](set)
    changes = select(ChangeRow).where(ChangeRow.license_id.in_(ids)).order_by(ChangeRow.id)
    for change in session.scalars(changes):
        states[change.license_id].append(_state(change))
    for license_id, hashed in session.execute(
        select(DeviceRow.license_id, DeviceRow.device_hash).where(DeviceRow.license_id.in_(ids))
    ):
        devices[license_id].add(hashed)
    orders = select(LicenseRow.id, LicenseRow.order_id).where(LicenseRow.id.in_(ids))
    return tuple(
        AskedLicense(each, order_id, frozenset(devices[each]), tuple(states[each]))
        for each, order_id in session.execute(orders)
    )


def _state(change: ChangeRow) -> FoundState:
    life = from_plain(change.after)
    ends = [each for each in (life.expires_at, life.grace_until) if each is not None]
    until = max(ends) if life.expires_at is not None else None
    return FoundState(change.at, life.status, life.reason, life.seats, until)
