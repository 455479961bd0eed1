"""A secret in the webhook's own URL: in the query, or as a Basic-auth password."""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from itertools import islice
from secrets import token_bytes
from urllib.parse import unquote_to_bytes

from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret, MatchedSecret, matched

MOST_OFFERED = 4
LONGEST_OFFERED = 1024
"""In bytes, as sent. The refusal of a stranger must be cheap."""

NOBODYS = token_bytes()
"""Hashed in place of a missing candidate."""

LONGEST_NAME = len("%73%65%63%72%65%74")
LONGEST_CREDENTIALS = 2 * LONGEST_OFFERED


class UrlSecrets:
    """The valid secrets. A new secret and its predecessor may be valid together."""

    def __init__(self, secrets: Sequence[LabeledSecret]) -> None:
        self._digests = [
            (_digest(secret.value.encode()), matched(position, secret))
            for position, secret in enumerate(secrets)
        ]

    def match(self, envelope: Envelope) -> MatchedSecret | None:
        """Return the secret that the envelope offers, or None."""
        offered = [
            _digest(spelling or NOBODYS)
            for written in _few_and_short(_offered_secrets(envelope))
            for spelling in _spellings(written)
        ]
        # Compare every secret, also after a match, so that the time does not reveal the match.
        matches = [
            (secret, sum(hmac.compare_digest(digest, other) for other in offered))
            for digest, secret in self._digests
        ]
        return next((secret for secret, count in matches if count), None)


def _few_and_short(offered: Iterator[bytes]) -> list[bytes]:
    """Return exactly MOST_OFFERED candidates, so that every refusal costs the same."""
    few = [each if len(each) <= LONGEST_OFFERED else b"" for each in islice(offered, MOST_OFFERED)]
    return few + [b""] * (MOST_OFFERED - len(few))


def _offered_secrets(envelope: Envelope) -> Iterator[bytes]:
    for header, text in envelope.headers:
        if header == "authorization" and len(text) <= LONGEST_CREDENTIALS:
            yield _basic_password(text)
    for part in envelope.query.encode(errors="surrogatepass").split(b"&"):
        name, _, value = part.partition(b"=")
        if len(name) <= LONGEST_NAME and unquote_to_bytes(name) == b"secret":
            yield value


def _spellings(value: bytes) -> Iterator[bytes]:
    # Sellers paste secrets into the URL with and without encoding their + and %.
    yield value
    yield unquote_to_bytes(value)
    yield unquote_to_bytes(value.replace(b"+", b" "))


def _basic_password(authorization: str) -> bytes:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(credentials).partition(b":")[2]
    except ValueError:
        return b""


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
