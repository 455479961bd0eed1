"""The list of answer keys: the license key certifies the keys with which the API signs answers.

An app that knows the license key verifies this list, and then an answer with a key of the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.utils import base64url_decode

from licensing.signed_lists import VerifiedList, verify_list
from licensing.tokens import PublicKey, TokenInvalidError, TokenType, claim, thumbprint


@dataclass(frozen=True, slots=True)
class AnswerKeys:
    """The content of a list."""

    seq: int
    signed_at: datetime
    keys: tuple[PublicKey, ...]


VerifiedAnswerKeys: TypeAlias = VerifiedList[AnswerKeys]


def verify_answer_keys(token: str, keys: Sequence[PublicKey]) -> VerifiedAnswerKeys:
    """Verify type and signature, and return the claims. Raises TokenInvalidError."""
    return verify_list(token, keys, TokenType.ANSWER_KEYS, _content)


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


def _content(seq: int, signed_at: datetime, claims: Mapping[str, object]) -> AnswerKeys:
    return AnswerKeys(seq, signed_at, _keys(claims))


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
