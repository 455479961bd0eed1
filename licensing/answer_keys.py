"""The list of answer keys: the license key certifies the keys with which the API signs answers.

An app that knows the license key verifies this list, and then an answer with a key of the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.utils import base64url_decode

from licensing.tokens import (
    PublicKey,
    TokenInvalidError,
    TokenType,
    claim,
    signed_claims,
    thumbprint,
    time_claim,
    times_in_range,
)

GOOD_FOR = timedelta(days=7)
"""A thief of an answer key forges answers for so long after the key was withdrawn."""


@dataclass(frozen=True, slots=True)
class AnswerKeys:
    """The content of a list."""

    seq: int
    signed_at: datetime
    keys: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True)
class VerifiedAnswerKeys:
    """A list with a valid signature, perhaps over."""

    kid: str
    issuer: str
    content: AnswerKeys
    expires_at: datetime


def verify_answer_keys(token: str, keys: Sequence[PublicKey]) -> VerifiedAnswerKeys:
    """Verify type and signature, and return the claims. Raises TokenInvalidError."""
    key, claims = signed_claims(token, keys, TokenType.ANSWER_KEYS)
    with times_in_range():
        content = AnswerKeys(claim(claims, "seq", int), time_claim(claims, "iat"), _keys(claims))
        return VerifiedAnswerKeys(
            key.kid, claim(claims, "iss", str), content, time_claim(claims, "exp")
        )


def is_sound(key: PublicKey) -> bool:
    """Tell whether these are the bytes of a key, and the kid is theirs."""
    try:
        Ed25519PublicKey.from_public_bytes(base64url_decode(key.x))
    except ValueError:
        return False
    return key.kid == thumbprint(key.x)


def names_in_list(token: str) -> tuple[str, frozenset[str]]:
    """Return the issuer and the kids that a list names, without a look at its signature."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return claim(claims, "iss", str), frozenset(key.kid for key in _keys(claims))
    except (jwt.InvalidTokenError, TokenInvalidError):
        return "", frozenset()


def _keys(claims: Mapping[str, object]) -> tuple[PublicKey, ...]:
    listed = claims.get("keys")
    if not isinstance(listed, list):
        raise TokenInvalidError('this token is signed, but its claim "keys" is no list')
    return tuple(_key(each) for each in listed)


def _key(jwk: object) -> PublicKey:
    x = jwk.get("x") if isinstance(jwk, dict) else None
    if not isinstance(x, str):
        raise TokenInvalidError('this token is signed, but its claim "keys" names no Ed25519 keys')
    return PublicKey(thumbprint(x), x)
