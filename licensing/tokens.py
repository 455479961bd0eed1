"""Verifies license tokens with public keys, and reads their claims."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.types import Options
from jwt.utils import base64url_decode, base64url_encode

from domain.license import has_ended
from kit.refusals import FixableError

ALGORITHM = "EdDSA"
# Mails and editors add line breaks, blanks, quotes and byte-order marks (decoded wrongly) to a
# token. We skip them, because the signature proves the rest.
FOREIGN = re.compile(r"[^\w.-]+", re.ASCII)
COMPACT_FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
# We check the times below with the caller's clock; PyJWT would use the machine's clock.
SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
LONGEST_QUOTED = 60

T = TypeVar("T", str, int, bool)


class TokenInvalidError(FixableError):
    """A text is no token of the wanted type, or none of our keys signed the token."""


class TokenType(StrEnum):
    """The `typ` in the header of a token.

    One set of keys signs tokens of all types but answers, which have keys of their own.
    """

    LICENSE = "JWT"
    REVOCATIONS = "revocations+jwt"
    ANSWER = "answer+jwt"
    ANSWER_KEYS = "keys+jwt"


NAMES = {
    TokenType.LICENSE: "a license token (license.jwt)",
    TokenType.REVOCATIONS: "a revocation list (/v1/revocations)",
    TokenType.ANSWER: "an answer to an app (/v1/validate)",
    TokenType.ANSWER_KEYS: "a list of answer keys (/v1/keys)",
}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One Ed25519 key: its bytes as unpadded base64url, and their RFC 7638 thumbprint."""

    kid: str
    x: str

    def jwk(self) -> dict[str, str]:
        return _required_members(self.x) | {"use": "sig", "alg": ALGORITHM, "kid": self.kid}

    def hex(self) -> str:
        return base64url_decode(self.x).hex()

    def pem(self) -> str:
        key = Ed25519PublicKey.from_public_bytes(base64url_decode(self.x))
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The claims of a token with a valid signature. `holds` is false after its end."""

    kid: str
    issuer: str
    token_id: str
    key: str
    product_id: str
    tier: str
    seats: int
    test: bool
    issued_at: datetime
    expires_at: datetime | None
    holds: bool


def thumbprint(x: str) -> str:
    """Return the key's RFC 7638 thumbprint, which every program computes alike."""
    members = json.dumps(_required_members(x), sort_keys=True, separators=(",", ":"))
    return base64url_encode(hashlib.sha256(members.encode()).digest()).decode()


def jwks(keys: Iterable[PublicKey]) -> dict[str, list[dict[str, str]]]:
    """Return the RFC 7517 key set that apps fetch."""
    return {"keys": [key.jwk() for key in keys]}


def verify_token(token: str, keys: Sequence[PublicKey], now: datetime) -> VerifiedToken:
    """Verify only the signature, and return the claims: the caller judges issuer and end.

    Raises TokenInvalidError.
    """
    key, claims = signed_claims(token, keys, TokenType.LICENSE)
    with times_in_range():
        return _read(claims, key.kid, now)


@contextmanager
def times_in_range() -> Iterator[None]:
    """Raise TokenInvalidError for a time that no clock shows."""
    try:
        yield
    except (ValueError, OverflowError, OSError):
        raise TokenInvalidError(
            "this token is signed, but a number or a time in it is out of range"
        ) from None


def signed_claims(
    token: str, keys: Sequence[PublicKey], wanted: TokenType
) -> tuple[PublicKey, Mapping[str, object]]:
    """Return the key that signed a token of this type, and the claims.

    Raises TokenInvalidError.
    """
    token = FOREIGN.sub("", token)
    claimed = claimed_type(token)
    if claimed is not wanted:
        raise TokenInvalidError(f"this is {NAMES[claimed]}, and {NAMES[wanted]} is needed")
    key = _signer_of(token, keys)
    # An answer is for an app of its product. Any other token with an audience is not ours.
    options: Options = {**SIGNATURE_ONLY, "verify_aud": wanted is not TokenType.ANSWER}
    try:
        return key, jwt.decode(token, jwt.PyJWK(key.jwk()), [ALGORITHM], options)
    except jwt.InvalidSignatureError:
        raise TokenInvalidError(
            "this token's signature does not fit: it was changed after it was signed, or forged"
        ) from None
    except jwt.InvalidTokenError:
        raise TokenInvalidError(
            f"this token is signed, but is not {NAMES[wanted]}: its claims cannot be read"
        ) from None


def claimed_type(token: str) -> TokenType:
    """Return the type that a token claims, before its signature is verified.

    Raises TokenInvalidError if the token does not have the form of our tokens.
    """
    header = _header(FOREIGN.sub("", token))
    # Checked before anything else: `none` needs no key, and HS256 would take a public key, which
    # everyone has, as the shared secret.
    if header.get("alg") != ALGORITHM:
        raise TokenInvalidError(
            f"this is no license token: those are signed with {ALGORITHM}, and this names "
            "another algorithm"
        )
    claimed = header.get("typ", TokenType.LICENSE)
    # RFC 7515 compares the type without case.
    found = [each for each in TokenType if each.lower() == str(claimed).lower()]
    if not found:
        raise TokenInvalidError(
            f"this token is of another type ({_quoted(claimed)}): a license token is one of the "
            f'type "{TokenType.LICENSE}"'
        )
    return found[0]


def _signer_of(token: str, keys: Sequence[PublicKey]) -> PublicKey:
    kid = _header(token).get("kid")
    for key in keys:
        if key.kid == kid:
            return key
    raise TokenInvalidError(
        f"this token names a signing key that is not known here (kid {_quoted(kid)}): "
        "it is another issuer's, or forged"
    )


def _header(token: str) -> Mapping[str, object]:
    if COMPACT_FORM.fullmatch(token) is None:
        raise TokenInvalidError(
            "this is no token: a token is three parts of letters, digits, - and _ "
            "with a dot between them"
        )
    try:
        return jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise TokenInvalidError(
            "this is no token, or a part of it was lost: it cannot be decoded"
        ) from None


def _read(claims: Mapping[str, object], kid: str, now: datetime) -> VerifiedToken:
    expires_at = time_claim(claims, "exp") if "exp" in claims else None
    return VerifiedToken(
        kid=kid,
        issuer=claim(claims, "iss", str),
        token_id=claim(claims, "jti", str),
        key=claim(claims, "key", str),
        product_id=claim(claims, "product", str),
        tier=claim(claims, "tier", str),
        seats=claim(claims, "seats", int),
        test=claim(claims, "test", bool),
        issued_at=time_claim(claims, "iat"),
        expires_at=expires_at,
        holds=not has_ended(expires_at, now),
    )


def time_claim(claims: Mapping[str, object], name: str) -> datetime:
    """Return a time. Raises ValueError, OverflowError or OSError if no clock shows it."""
    return datetime.fromtimestamp(claim(claims, name, int), UTC)


def claim(claims: Mapping[str, object], name: str, kind: type[T]) -> T:
    """Return a claim of this type. Raises TokenInvalidError."""
    value = claims.get(name)
    # isinstance would accept a bool as an int, but `true` is no number of seats.
    if type(value) is not kind:
        raise TokenInvalidError(
            f'this token is signed, but its claim "{name}" is missing or of another type'
        )
    return value


def _required_members(x: str) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


def _quoted(value: object) -> str:
    return ascii(value)[:LONGEST_QUOTED]
