"""The questions of apps about a license, and the values of their answers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from domain.license import License, LicenseReason, Standing

LONGEST_DEVICE = 200
"""The longest device id, in bytes of UTF-8."""

LONGEST_LABEL = 200
"""The longest label of a device, in characters."""

Extra: TypeAlias = Mapping[str, object]
"""What an app says of its device beside the label, as JSON. Mintpost only keeps it."""


class Code(StrEnum):
    """The answer to a question. Programs rely on these words."""

    VALID = "VALID"
    MISTYPED_KEY = "MISTYPED_KEY"  #: No key looks like this.
    UNKNOWN_KEY = "UNKNOWN_KEY"  #: A well-formed key, and no license here has it.
    WRONG_PRODUCT = "WRONG_PRODUCT"  #: The license is for another product than the app's.
    EXPIRED = "EXPIRED"  #: Its end is over, and its grace.
    REFUNDED = "REFUNDED"
    DISPUTED = "DISPUTED"  #: The buyer's bank asks for the money, or took it.
    PAUSED = "PAUSED"  #: The subscription rests.
    DISABLED = "DISABLED"  #: The seller revoked it.
    DEVICE_NOT_ACTIVATED = "DEVICE_NOT_ACTIVATED"
    DEVICE_LIMIT = "DEVICE_LIMIT"  #: All seats are taken.
    NOT_READY = "NOT_READY"  #: Its sale is known, and its license is being minted.
    DEACTIVATED = "DEACTIVATED"  #: The device is released.


NOT_TOLD = frozenset({Code.MISTYPED_KEY, Code.UNKNOWN_KEY, Code.WRONG_PRODUCT, Code.NOT_READY})
"""The answers that tell nothing of a license."""

BY_REASON: Mapping[str | None, Code] = {
    LicenseReason.REFUNDED: Code.REFUNDED,
    LicenseReason.DISPUTED: Code.DISPUTED,
    LicenseReason.DISPUTE_LOST: Code.DISPUTED,
    LicenseReason.PAUSED: Code.PAUSED,
    LicenseReason.BY_HAND: Code.DISABLED,
}


def code_of(license_: License, now: datetime) -> Code:
    """Judge a license without its devices."""
    match license_.standing(now):
        case Standing.HOLDS | Standing.GRACE:
            return Code.VALID
        case Standing.ENDED:
            return Code.EXPIRED
        case Standing.SUSPENDED | Standing.REVOKED:
            # A later version may have written a reason that this version does not know.
            return BY_REASON.get(license_.reason, Code.DISABLED)


def device_hash(license_id: int, device: str) -> str:
    """Return the name under which a device is kept: 32 hexadecimal digits.

    The license is a part of the hash, so that nobody can follow one device through the licenses.
    """
    return hashlib.sha256(f"{license_id}:{device}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Device:
    """An activated device. `last_seen` moves at most once a day."""

    device_hash: str
    label: str
    activated_at: datetime
    last_seen: datetime
    extra: Extra | None = None

    @property
    def id(self) -> str:
        """Return the public id, a UUID. It is made of the hash, so that it stays for ever."""
        one = self.device_hash
        return f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}"


@dataclass(frozen=True, slots=True)
class Usage:
    """The number of activated devices, and the most that may be. `limit` None: any number."""

    used: int
    limit: int | None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.used >= self.limit
