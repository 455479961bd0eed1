"""The devices of licenses, as the operator asks for them: list, free, limit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from shlex import quote

from sqlalchemy.orm import Session

from db.devices import release_by_operator, set_device_limit
from db.views.devices import DeviceLine, list_devices_of, mapped_products
from db.views.lists import Filters, LicenseLine, list_licenses
from domain.advice import command
from domain.catalog import Catalog
from kit.refusals import RefusedError
from operations.asked_keys import released_hashes
from operations.device_limits import DeviceLimit, limit_of
from operations.meant import licenses_meant

SHORTEST_BEGINNING = 4
"""A shorter beginning of an id may be a typing error in a label."""
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class LicenseDevices:
    """A license with its devices, the one unseen for longest first."""

    license: LicenseLine
    limit: DeviceLimit
    devices: tuple[DeviceLine, ...]


@dataclass(frozen=True, slots=True)
class Freed:
    """The devices that were freed, and the licenses afterwards."""

    freed: tuple[DeviceLine, ...]
    left: tuple[LicenseDevices, ...]


def devices_meant(
    session: Session, text: str, catalog: Catalog | None
) -> tuple[LicenseDevices, ...]:
    """Return the licenses that a person names, oldest first. Raises RefusedError."""
    ids = licenses_meant(session, [text])
    return _devices_of(session, ids, catalog)


def free_device(
    session: Session, text: str, name: str, catalog: Catalog | None, now: datetime
) -> Freed:
    """Take the place of the one device away that the name means. Raises RefusedError."""
    ids = licenses_meant(session, [text])
    found = _named(list_devices_of(session, ids), name)
    if len(found) > 1:
        raise RefusedError(_several(text, name, found))
    if not found or not _release(session, found[0], now):
        look = command("devices", text)
        raise RefusedError(f"no device of {quote(text)} is {quote(name)}; to see all: `{look}`")
    return Freed((found[0],), _devices_of(session, ids, catalog))


def free_all(session: Session, text: str, catalog: Catalog | None, now: datetime) -> Freed:
    """Take the places of all devices away. Raises RefusedError."""
    ids = licenses_meant(session, [text])
    freed = [one for one in list_devices_of(session, ids) if _release(session, one, now)]
    return Freed(tuple(freed), _devices_of(session, ids, catalog))


def limit_devices(
    session: Session, text: str, limit: int | None, catalog: Catalog | None
) -> tuple[LicenseDevices, ...]:
    """Set the operator's limit on each license, or remove it. Raises RefusedError."""
    ids = licenses_meant(session, [text])
    for license_id in sorted(ids):
        set_device_limit(session, license_id, limit)
    return _devices_of(session, ids, catalog)


def _devices_of(
    session: Session, ids: Sequence[int], catalog: Catalog | None
) -> tuple[LicenseDevices, ...]:
    which = Filters(ids=ids, limit=len(ids))
    mapped = {} if catalog is None else mapped_products(session, which)
    devices = list_devices_of(session, ids)
    return tuple(
        LicenseDevices(
            line,
            limit_of(line, mapped.get(line.id), catalog),
            tuple(each for each in devices if each.license_id == line.id),
        )
        for line in list_licenses(session, which)[::-1]
    )


def _release(session: Session, device: DeviceLine, now: datetime) -> bool:
    return release_by_operator(session, device.license_id, _hash_of(device), now)


def _hash_of(device: DeviceLine) -> str:
    return device.id.replace("-", "")


def _named(devices: Sequence[DeviceLine], name: str) -> list[DeviceLine]:
    """Return the devices that a name means: exactly, else by label, else by the id's beginning."""
    for meant in (_exactly(devices, name), _labeled(devices, name), _beginning(devices, name)):
        if found := list(meant):
            return found
    return []


def _exactly(devices: Sequence[DeviceLine], name: str) -> Iterator[DeviceLine]:
    for device in devices:
        if _hash_of(device) in released_hashes(device.license_id, name):
            yield device


def _labeled(devices: Sequence[DeviceLine], name: str) -> Iterator[DeviceLine]:
    return (device for device in devices if device.label and device.label == name)


def _beginning(devices: Sequence[DeviceLine], name: str) -> Iterator[DeviceLine]:
    start = name.strip().lower().replace("-", "")
    if len(start) >= SHORTEST_BEGINNING:
        yield from (device for device in devices if _hash_of(device).startswith(start))


def _several(text: str, name: str, found: Sequence[DeviceLine]) -> str:
    lines = [
        f"  {command('devices', text, options=['--free', device.id])}"
        for device in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        lines.append(f"  {command('devices', text)}  # lists the others too")
    told = f"{quote(name)} means {len(found)} devices of {quote(text)}; free one of them:"
    return "\n".join([told, *lines])
