"""The revocation list: a signed list of the licenses that are revoked or suspended.

An app that verifies offline looks for its license there. The list names each license by a hash of
the `jti` of its tokens, so that nobody learns an id from the list.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import jwt
from jwt.utils import base64url_encode

from licensing.signed_lists import VerifiedList, verify_list
from licensing.tokens import PublicKey, TokenInvalidError, TokenType

HASH_BYTES = 16
"""Two licenses share a hash with a chance of 1 in 2^64 among four billion licenses."""


@dataclass(frozen=True, slots=True)
class Revocations:
    """The content of a list. `revoked` holds hashes, sorted, so that their order tells nothing."""

    seq: int
    signed_at: datetime
    revoked: tuple[str, ...]


VerifiedRevocations: TypeAlias = VerifiedList[Revocations]


def revocation_hash(token_id: str) -> str:
    """Return the name of a license in the list: a part of the SHA-256 of its `jti`."""
    digest = hashlib.sha256(token_id.encode()).digest()
    return base64url_encode(digest[:HASH_BYTES]).decode()


def verify_revocations(token: str, keys: Sequence[PublicKey]) -> VerifiedRevocations:
    """Verify type and signature, and return the claims. Raises TokenInvalidError."""
    return verify_list(token, keys, TokenType.REVOCATIONS, _content)


def signer_of_list(beginning: str) -> object:
    """Return the kid that a list claims, from the beginning of its token; None without a kid."""
    header = beginning.partition(".")[0]
    try:
        return jwt.get_unverified_header(f"{header}..").get("kid")
    except jwt.InvalidTokenError:
        return None


def _content(seq: int, signed_at: datetime, claims: Mapping[str, object]) -> Revocations:
    return Revocations(seq, signed_at, _hashes(claims))


def _hashes(claims: Mapping[str, object]) -> tuple[str, ...]:
    revoked = claims.get("revoked")
    if not isinstance(revoked, list) or not all(isinstance(each, str) for each in revoked):
        raise TokenInvalidError('this token is signed, but its claim "revoked" is no list of texts')
    return tuple(revoked)
