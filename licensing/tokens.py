"""The public side of tokens: whose signature one carries, what it says, whether it holds."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.types import Options
from jwt.utils import base64url_decode, base64url_encode

ALGORITHM = "EdDSA"
# Mails and editors put line breaks, blanks, quotes and byte-order marks (read as any encoding) into
# a token. They are skipped, because the signature proves what is left.
FOREIGN = re.compile(r"[^\w.-]+", re.ASCII)
COMPACT_FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
# Claims are judged below, by the caller's clock: PyJWT would take the machine's.
SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
LONGEST_QUOTED = 60

T = TypeVar("T", str, int, bool)


class TokenInvalidError(Exception):
    """A sentence about a token that no key of ours signed, or that is none."""


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
    """What a token says whose signature fits; `holds` is false where it has expired."""

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
    """Return the RFC 7638 name of a key: every program that computes it finds the same."""
    members = json.dumps(_required_members(x), sort_keys=True, separators=(",", ":"))
    return base64url_encode(hashlib.sha256(members.encode()).digest()).decode()


def jwks(keys: Iterable[PublicKey]) -> dict[str, list[dict[str, str]]]:
    """Return the RFC 7517 set that apps fetch."""
    return {"keys": [key.jwk() for key in keys]}


def verify_token(token: str, keys: Sequence[PublicKey], now: datetime) -> VerifiedToken:
    """Judge a token by its signature alone; who issued it and until when, the answer says.

    Raises TokenInvalidError.
    """
    token = FOREIGN.sub("", token)
    key = _signer_of(token, keys)
    try:
        claims = jwt.decode(token, jwt.PyJWK(key.jwk()), [ALGORITHM], SIGNATURE_ONLY)
    except jwt.InvalidSignatureError:
        raise TokenInvalidError(
            "this token's signature does not fit: it was changed after it was signed, or forged"
        ) from None
    except jwt.InvalidTokenError:
        raise TokenInvalidError("this token is signed, but holds no license") from None
    try:
        return _read(claims, key.kid, now)
    except (ValueError, OverflowError, OSError):
        raise TokenInvalidError(
            "this token is signed, but a number or a time in it is out of range"
        ) from None


def claimed_signer(token: str) -> object:
    """Return the kid that it names, before its signature is checked.

    Raises TokenInvalidError where it is no token of ours in its form.
    """
    header = _header(FOREIGN.sub("", token))
    # Before anything else: `none` needs no key at all, and HS256 would take a public key,
    # which everyone has, for the secret.
    if header.get("alg") != ALGORITHM:
        raise TokenInvalidError(
            f"this is no license token: those are signed with {ALGORITHM}, and this names "
            "another algorithm"
        )
    return header.get("kid")


def _signer_of(token: str, keys: Sequence[PublicKey]) -> PublicKey:
    kid = claimed_signer(token)
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
    expires_at = _time(claims, "exp") if "exp" in claims else None
    return VerifiedToken(
        kid=kid,
        issuer=_claim(claims, "iss", str),
        token_id=_claim(claims, "jti", str),
        key=_claim(claims, "key", str),
        product_id=_claim(claims, "product", str),
        tier=_claim(claims, "tier", str),
        seats=_claim(claims, "seats", int),
        test=_claim(claims, "test", bool),
        issued_at=_time(claims, "iat"),
        expires_at=expires_at,
        holds=expires_at is None or now < expires_at,
    )


def _time(claims: Mapping[str, object], name: str) -> datetime:
    return datetime.fromtimestamp(_claim(claims, name, int), UTC)


def _claim(claims: Mapping[str, object], name: str, kind: type[T]) -> T:
    value = claims.get(name)
    # A bool is an int to isinstance, and `true` is no number of seats.
    if type(value) is not kind:
        raise TokenInvalidError(
            f'this token is signed, but its claim "{name}" is missing or of another type'
        )
    return value


def _required_members(x: str) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


def _quoted(kid: object) -> str:
    return ascii(kid)[:LONGEST_QUOTED]
