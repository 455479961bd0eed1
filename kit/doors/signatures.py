"""Signatures over a whole body: HMAC-SHA256 with one of several secrets, and a recent time.

A storefront's door reads the signature's header into a `Signature`. The gate verifies it when the
body has arrived.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from kit.doors.labeled_secrets import LabeledSecret, MatchedSecret, matched

TOLERANCE = timedelta(seconds=300)
"""The largest difference between a signature's time and the arrival by our clock."""

DIGEST_BYTES = hashlib.sha256().digest_size
LONGEST_SECONDS = len("253402300799")
MOST_OFFERED = 8
"""The most compared digests of one request. A shop that replaces a secret sends two."""


@dataclass(frozen=True, slots=True)
class WebhookKey:
    key: bytes = field(repr=False)
    secret: MatchedSecret


@dataclass(frozen=True, slots=True)
class Signature:
    """A well-formed and recent signature. Only the body can prove it.

    The shop signs `prefix` and then the body; the prefix may be `1788264006.`, a time.
    `offered` are the digests in the header. One match of any digest with any key suffices.
    """

    prefix: bytes
    offered: tuple[bytes, ...] = field(repr=False)
    keys: tuple[WebhookKey, ...] = field(repr=False)

    def verify(self, body: bytes) -> MatchedSecret | None:
        """Return the secret that signed, or None. `body` must be the whole received body."""
        # Try every key, also after a match, so that the time does not reveal the matching key.
        matches = [key.secret for key in self.keys if self._is_signed_with(key, body)]
        return matches[0] if matches else None

    def _is_signed_with(self, key: WebhookKey, body: bytes) -> bool:
        own = digest(key.key, self.prefix, body)
        return sum(hmac.compare_digest(own, other) for other in self.offered) > 0


def digest(key: bytes, prefix: bytes, body: bytes) -> bytes:
    signing = hmac.new(key, prefix, hashlib.sha256)
    signing.update(body)
    return signing.digest()


def utf8_keys(secrets: Sequence[LabeledSecret]) -> tuple[WebhookKey, ...]:
    """Return each secret's text as a key, without empty secrets: anybody can sign with them."""
    return tuple(
        WebhookKey(secret.value.encode(), matched(position, secret))
        for position, secret in enumerate(secrets)
        if secret.value
    )


def is_recent(seconds: str, at: datetime) -> bool:
    """Tell whether a signature's Unix time is near `at`, the arrival of the request."""
    is_number = seconds.isascii() and seconds.isdecimal() and len(seconds) <= LONGEST_SECONDS
    return is_number and abs(at.timestamp() - int(seconds)) <= TOLERANCE.total_seconds()


def from_hex(texts: Iterable[str]) -> tuple[bytes, ...]:
    """Return the well-formed digests, at most MOST_OFFERED."""
    return _decoded(texts, binascii.unhexlify)


def from_base64(texts: Iterable[str]) -> tuple[bytes, ...]:
    return _decoded(texts, lambda text: base64.b64decode(text, validate=True))


def _decoded(texts: Iterable[str], decode: Callable[[str], bytes]) -> tuple[bytes, ...]:
    decoded = (_or_nothing(text, decode) for text in islice(texts, MOST_OFFERED))
    return tuple(each for each in decoded if len(each) == DIGEST_BYTES)


def _or_nothing(text: str, decode: Callable[[str], bytes]) -> bytes:
    try:
        return decode(text)
    except ValueError:
        return b""
