"""Limits the load that apps and strangers make. Keys of 120 random bits need no protection.

Refused calls cost no query. Good validations are unlimited, also from an office behind one address.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

from api.admission import peer_of
from api.online.windows import Rate, Windows
from operations.online import TooManyError

BAD_KEYS = Rate(30, timedelta(minutes=1))
"""Unknown and mistyped keys of one address."""

CHANGES = Rate(60, timedelta(hours=1))
"""Activations, releases and new labels of one license."""

MOST_REMEMBERED = 10_000


def _digest(key: str) -> bytes:
    # A text may have kilobytes, and no key stays in memory for long.
    return hashlib.sha256(key.encode(errors="replace")).digest()


@dataclass(slots=True)
class Rates:
    """Counts in the memory of this process: two API processes admit twice as much."""

    bad_keys: Rate = BAD_KEYS
    changes: Rate = CHANGES
    good: OrderedDict[bytes, None] = field(default_factory=OrderedDict)
    by_address: Windows = field(init=False)
    by_license: Windows = field(init=False)

    def __post_init__(self) -> None:
        self.by_address, self.by_license = Windows(self.bad_keys), Windows(self.changes)

    def allow_key(self, address: str | None, key: str) -> None:
        """Raise TooManyError if the address asked for too many bad keys, and this may be one."""
        if address is not None and _digest(key) not in self.good:
            _allow(self.by_address, peer_of(address))

    def count_bad_key(self, address: str | None) -> None:
        if address is not None:
            self.by_address.count(peer_of(address))

    def remember_good_key(self, key: str) -> None:
        """Answer this key also while its address is refused."""
        digest = _digest(key)
        self.good[digest] = None
        self.good.move_to_end(digest)
        if len(self.good) > MOST_REMEMBERED:
            self.good.popitem(last=False)

    def allow(self, license_id: int) -> None:
        """Raise TooManyError if devices of the license came and went too often."""
        _allow(self.by_license, str(license_id))

    def count(self, license_id: int) -> None:
        self.by_license.count(str(license_id))


def _allow(windows: Windows, name: str) -> None:
    if seconds := windows.seconds_to_wait(name):
        raise TooManyError(seconds)
