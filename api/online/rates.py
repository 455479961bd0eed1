"""Limits the load that apps and strangers make. Keys of 120 random bits need no protection.

Refused calls cost no query. Good validations are unlimited, also from an office behind one address.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from time import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api.admission import peer_of
from operations.online import TooManyError

BAD_KEYS = RateLimitItemPerMinute(30, namespace="bad keys")
"""Unknown and mistyped keys of one address."""

CHANGES = RateLimitItemPerHour(60, namespace="devices")
"""Activations and releases of one license."""

MOST_REMEMBERED = 10_000


def _digest(key: str) -> bytes:
    # A text may have kilobytes, and no key stays in memory for long.
    return hashlib.sha256(key.encode(errors="replace")).digest()


def _limiter() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())


@dataclass(slots=True)
class Rates:
    """Counts in the memory of this process: two API processes admit twice as much."""

    bad_keys: RateLimitItem = BAD_KEYS
    changes: RateLimitItem = CHANGES
    limiter: FixedWindowRateLimiter = field(default_factory=_limiter)
    good: OrderedDict[bytes, None] = field(default_factory=OrderedDict)

    def allow_key(self, address: str | None, key: str) -> None:
        """Raise TooManyError if the address asked for too many bad keys, and this may be one."""
        if address is not None and _digest(key) not in self.good:
            self._allow(self.bad_keys, peer_of(address))

    def count_bad_key(self, address: str | None) -> None:
        if address is not None:
            self.limiter.hit(self.bad_keys, peer_of(address))

    def remember_good_key(self, key: str) -> None:
        """Answer this key also while its address is refused."""
        digest = _digest(key)
        self.good[digest] = None
        self.good.move_to_end(digest)
        if len(self.good) > MOST_REMEMBERED:
            self.good.popitem(last=False)

    def allow(self, license_id: int) -> None:
        """Raise TooManyError if devices of the license came and went too often."""
        self._allow(self.changes, str(license_id))

    def count(self, license_id: int) -> None:
        self.limiter.hit(self.changes, str(license_id))

    def _allow(self, rate: RateLimitItem, name: str) -> None:
        if self.limiter.test(rate, name):
            return
        seconds = round(self.limiter.get_window_stats(rate, name).reset_time - time())
        if seconds > rate.get_expiry():
            # The clock was set back, and the count would last for as long again.
            self.limiter.clear(rate, name)
            return
        raise TooManyError(max(1, seconds))
