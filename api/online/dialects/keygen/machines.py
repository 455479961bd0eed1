"""Machines: the devices of a license as Keygen's documents tell them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from api.online.dialects.keygen.licenses import KeygenLicense, nobody, related, related_account
from api.online.dialects.keygen.refusals import Problem, RefusedError
from api.online.dialects.keygen.wire import Document, stamp, stamp_or_none
from api.online.fields import BadRequestError, Fields
from db.devices import find_device
from domain.online import LONGEST_DEVICE, Device, Extra, device_hash
from domain.text import plain_text
from operations.asked_keys import released_hashes

HEARTBEAT = timedelta(minutes=10)
LONGEST_METADATA = 2048
MOST_CORES = 2**31
KEPT = "keygen"
"""The name in a device's `extra` under which this dialect keeps its facts."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A device with its fingerprint. The database has only a hash of the fingerprint.

    Where an app names the machine by its id, the id stands for the fingerprint too. An app may send
    it back as a fingerprint.
    """

    device: Device
    fingerprint: str


@dataclass(frozen=True, slots=True)
class NewMachine:
    """An app's wish for a machine. `license` is the id or the key that the app names."""

    license: str
    fingerprint: str
    name: str
    extra: Extra


def read_machine(fields: Fields) -> NewMachine:
    """Read the body. Raises BadRequestError, and RefusedError for a long fingerprint."""
    data = _inner(fields, "data")
    if data.required("type") not in {"machines", "machine"}:
        raise BadRequestError("must be machines", "data.type")
    attributes = _inner(data, "attributes")
    license_ = _inner(_inner(_inner(data, "relationships"), "license"), "data")
    return NewMachine(
        license=license_.required("id"),
        fingerprint=_fingerprint(attributes),
        name=plain_text(attributes.text("name") or ""),
        extra={KEPT: _kept(attributes)},
    )


def find_machine(session: Session, license_id: int, names: Sequence[str]) -> Machine | None:
    """Return the first machine that has one of these fingerprints or ids."""
    for name in names:
        for hashed in released_hashes(license_id, name):
            if (device := find_device(session, license_id, hashed)) is not None:
                is_fingerprint = hashed == device_hash(license_id, name)
                return Machine(device, name if is_fingerprint else device.id)
    return None


def machine_resource(
    license_: KeygenLicense, machine: Machine, alive_at: datetime | None = None
) -> Document:
    """Return the resource. `alive_at` is the time of this heartbeat, which nothing keeps."""
    link = f"{license_.base}/machines/{machine.device.id}"
    return {
        "id": machine.device.id,
        "type": "machines",
        "attributes": _attributes(machine, alive_at),
        "relationships": {
            "account": related_account(license_),
            "product": related(f"{link}/product", "products", license_.product_id),
            "license": related(f"{link}/license", "licenses", license_.id),
            "owner": nobody(f"{link}/owner"),
            "group": nobody(f"{link}/group"),
            "components": {"links": {"related": f"{link}/components"}},
            "processes": {"links": {"related": f"{link}/processes"}},
        },
        "links": {"self": link},
    }


def _attributes(machine: Machine, alive_at: datetime | None) -> Document:
    device, kept = machine.device, _kept_of(machine.device)
    return {
        "fingerprint": machine.fingerprint,
        "cores": kept.get("cores"),
        "memory": None,
        "disk": None,
        "ip": None,
        "hostname": None,
        "platform": kept.get("platform"),
        "name": device.label or None,
        "requireHeartbeat": False,
        # A heartbeat proves that the app is alive now. Nobody watches for the next one.
        "heartbeatStatus": "NOT_STARTED" if alive_at is None else "ALIVE",
        "heartbeatDuration": round(HEARTBEAT.total_seconds()),
        "lastHeartbeat": stamp_or_none(alive_at),
        "nextHeartbeat": None if alive_at is None else stamp(alive_at + HEARTBEAT),
        "maxProcesses": None,
        "lastCheckOut": None,
        "metadata": kept.get("metadata") or {},
        "created": stamp(device.activated_at),
        "updated": stamp(device.last_seen),
    }


Kept: TypeAlias = Mapping[str, object]


def _kept_of(device: Device) -> Kept:
    # Another dialect may have activated the device.
    kept = (device.extra or {}).get(KEPT)
    return kept if isinstance(kept, dict) else {}


def _kept(attributes: Fields) -> Kept:
    """Return the facts to keep. Host name and address tell who a person is, so none is kept."""
    cores = attributes.number("cores")
    if cores is not None and not 0 < cores < MOST_CORES:
        raise BadRequestError("must be a number of cores", attributes.at + "cores")
    facts: dict[str, object] = {
        "platform": plain_text(attributes.text("platform") or "") or None,
        "cores": cores,
        "metadata": _metadata(attributes),
    }
    return {name: fact for name, fact in facts.items() if fact}


def _metadata(attributes: Fields) -> Mapping[str, object] | None:
    """Return the app's own facts, if a database can keep them."""
    metadata = attributes.inner("metadata")
    if metadata is None:
        return None
    try:
        written = json.dumps(metadata.values, allow_nan=False, ensure_ascii=False)
        too_long = len(written.encode()) > LONGEST_METADATA
    except (ValueError, RecursionError):
        raise BadRequestError("cannot be kept", attributes.at + "metadata") from None
    if too_long or "\\u0000" in written:
        raise BadRequestError(
            f"must have at most {LONGEST_METADATA} bytes, and no NUL", attributes.at + "metadata"
        )
    return metadata.values


def _fingerprint(attributes: Fields) -> str:
    fingerprint = attributes.required("fingerprint")
    if len(fingerprint.encode()) > LONGEST_DEVICE:
        detail = f"is too long (maximum is {LONGEST_DEVICE} bytes)"
        pointer = "/data/attributes/fingerprint"
        raise RefusedError(Problem(422, detail, "FINGERPRINT_TOO_LONG", pointer))
    return fingerprint


def _inner(fields: Fields, name: str) -> Fields:
    inner = fields.inner(name)
    if inner is None:
        raise BadRequestError("is missing", fields.at + name)
    return inner
