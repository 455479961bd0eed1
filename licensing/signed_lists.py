"""The signed lists for apps: the claims that lists of all kinds share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from licensing.tokens import (
    PublicKey,
    TokenType,
    claim,
    signed_claims,
    time_claim,
    times_in_range,
)

C = TypeVar("C")

GOOD_FOR = timedelta(days=7)
"""An app without a network for so long knows that its list is old, and the thief of an answer key
forges answers for so long after the key was withdrawn."""

Reading = Callable[[int, datetime, Mapping[str, object]], C]
"""Makes the content of a list from its number, its time and its claims."""


@dataclass(frozen=True, slots=True)
class VerifiedList(Generic[C]):
    """A list with a valid signature, perhaps over."""

    kid: str
    issuer: str
    content: C
    expires_at: datetime


def verify_list(
    token: str, keys: Sequence[PublicKey], kind: TokenType, read: Reading[C]
) -> VerifiedList[C]:
    """Verify type and signature, and return the claims. Raises TokenInvalidError."""
    key, claims = signed_claims(token, keys, kind)
    with times_in_range():
        content = read(claim(claims, "seq", int), time_claim(claims, "iat"), claims)
        return VerifiedList(key.kid, claim(claims, "iss", str), content, time_claim(claims, "exp"))
