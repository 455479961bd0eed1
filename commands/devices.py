"""`mintpost devices`: the devices on which a license is activated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.text import Text

from commands.asking import require_yes
from commands.rows import Rows, print_rows
from commands.tables import console, print_json, tell
from db.engine import Database
from db.views.devices import DeviceLine
from domain.advice import advised
from domain.catalog import Catalog
from domain.identifiers import order_reference
from kit.clock import utc_now
from kit.times import day
from operations.device_limits import DeviceLimit
from operations.devices import (
    Freed,
    LicenseDevices,
    devices_meant,
    free_all,
    free_device,
    limit_devices,
)

COLUMNS: Mapping[str, Callable[[DeviceLine], Any]] = {
    "id": lambda device: device.id,
    "activated": lambda device: day(device.activated_at),
    "last seen": lambda device: day(device.last_seen),
    "label": lambda device: device.label or None,
}


@dataclass(frozen=True, slots=True)
class NewLimit:
    """The operator's limit. `most` None: the product mapping says it again."""

    most: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """The change that a person wants, at most one. None of them: only a list."""

    free: str | None = None
    free_all: bool = False
    limit: NewLimit | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The sale or key, and how the command shall behave. `catalog` None: it cannot be read."""

    text: str
    catalog: Catalog | None
    yes: bool
    as_json: bool


def run_devices(database: Database, asked: Asked, wish: Wish) -> None:
    """Do what the person wants, and print the devices afterwards. Raises RefusedError."""
    text, catalog = asked.text, asked.catalog
    if wish.free is not None:
        done = database.write_here(free_device, text, wish.free, catalog, utc_now())
        _tell_freed(done, asked)
        found = done.left
    elif wish.free_all:
        found = _free_all(database, asked)
    elif wish.limit is not None:
        found = database.write_here(limit_devices, text, wish.limit.most, catalog)
    else:
        found = database.read_here(devices_meant, text, catalog)
    _print(found, asked)


def _free_all(database: Database, asked: Asked) -> tuple[LicenseDevices, ...]:
    found = database.read_here(devices_meant, asked.text, asked.catalog)
    count = sum(len(each.devices) for each in found)
    if count == 0:
        return found
    which = "the one device" if count == 1 else f"all {count} devices"
    require_yes(f"Free {which} of {asked.text}?", yes=asked.yes)
    done = database.write_here(free_all, asked.text, asked.catalog, utc_now())
    _tell_freed(done, asked)
    return done.left


def _tell_freed(done: Freed, asked: Asked) -> None:
    for device in () if asked.as_json else done.freed:
        label = f" ({device.label})" if device.label else ""
        console().print(
            Text(f"freed {device.id}{label}, last seen {day(device.last_seen)}"), soft_wrap=True
        )


def _print(found: Sequence[LicenseDevices], asked: Asked) -> None:
    if asked.as_json:
        print_json([asdict(device) for each in found for device in each.devices])
        return
    out = console()
    for number, each in enumerate(found):
        if number:
            out.print()
        out.print(Text(_head(each)), style="bold", soft_wrap=True)
        tell(told_limit(each.limit, asked.text))
        if (left := _above(each, asked.text)) is not None:
            tell(left, "yellow")
        if each.devices:
            print_rows(each.devices, Rows(COLUMNS))


def _head(each: LicenseDevices) -> str:
    line = each.license
    order = order_reference(line.source, line.order_id)
    return f"license {line.id} of {order}, {line.tier}: {told_use(line.devices, each.limit)}"


def told_use(used: int, limit: DeviceLimit) -> str:
    """Say how many devices are activated, and of how many."""
    if limit.effective is None:
        return f"{used} device{'' if used == 1 else 's'}"
    return f"{used} of {limit.effective} device{'' if limit.effective == 1 else 's'}"


def told_limit(limit: DeviceLimit, text: str) -> str:
    """Say where the limit comes from, and how to change it."""
    mapping = _mapping_says(limit)
    if limit.own is None:
        return f"limit: {mapping}"
    back = advised("devices", text, options=["--limit none"])
    return f"limit: {limit.own} by your word; {mapping} ({back} goes back to that)"


def _mapping_says(limit: DeviceLimit) -> str:
    if not limit.is_mapped:
        return "products.yaml cannot be read"
    if limit.per_seat is None:
        return "products.yaml sets none"
    if limit.seats == 1:
        return f"{limit.by_mapping} by products.yaml"
    return f"{limit.by_mapping} by products.yaml, {limit.per_seat} for each of {limit.seats} seats"


def _above(each: LicenseDevices, text: str) -> str | None:
    most, used = each.limit.effective, len(each.devices)
    if most is None or used <= most:
        return None
    free = advised("devices", text, options=["--free", each.devices[0].id])
    return f"{used - most} more than the limit: they stay good until you free them, as {free}"
