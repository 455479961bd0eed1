"""Signs the API's answers to apps, with a key that can sign nothing else.

The worker certifies the key in a list of answer keys. A stolen answer key forges answers until its
entry lapses, and never a license.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typing_extensions import override

from licensing.private_keys import load_private_key, public_key_of
from licensing.tokens import (
    ALGORITHM,
    PublicKey,
    TokenType,
    claim,
    signed_claims,
    time_claim,
    times_in_range,
)


@dataclass(frozen=True, slots=True)
class LicenseClaims:
    """The license in an answer: the `jti` of its tokens, product, tier and seats."""

    token_id: str
    product_id: str
    tier: str
    seats: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before its signature. `license` None: nothing of a license is told."""

    code: str
    issued_at: datetime
    expires_at: datetime
    device: str | None = None
    nonce: str | None = None
    license: LicenseClaims | None = None


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """An answer with a valid signature, perhaps over."""

    kid: str
    issuer: str
    answer: Answer


class AnswerSigner:
    """Raises PrivateKeyError if the PEM is no usable key."""

    def __init__(self, pem: bytes, issuer: str) -> None:
        self.issuer = issuer
        self._key = self._load(pem)

    @staticmethod
    def _load(pem: bytes) -> tuple[Ed25519PrivateKey, PublicKey]:
        private = load_private_key(pem)
        return private, public_key_of(private)

    @property
    def public_key(self) -> PublicKey:
        return self._key[1]

    def replace_key(self, pem: bytes) -> None:
        """Sign with another key from now on. Raises PrivateKeyError."""
        self._key = self._load(pem)

    @override
    def __repr__(self) -> str:
        return f"AnswerSigner(kid={self.public_key.kid!r})"

    def sign(self, answer: Answer) -> str:
        """Return the token of an answer.

        It has neither `jti` nor `key`. Apps in the field know no `typ`, but demand these two of a
        license, so no app takes an answer for one.
        """
        claims: dict[str, object] = {
            "iss": self.issuer,
            "code": answer.code,
            "iat": answer.issued_at,
            "exp": answer.expires_at,
        }
        if answer.device is not None:
            claims["device"] = answer.device
        if answer.nonce is not None:
            claims["nonce"] = answer.nonce
        if (told := answer.license) is not None:
            claims |= {
                "sub": told.token_id,
                "aud": told.product_id,
                "tier": told.tier,
                "seats": told.seats,
            }
        # Read once: another thread may replace the key.
        private, public = self._key
        headers = {"kid": public.kid, "typ": TokenType.ANSWER.value}
        return jwt.encode(claims, private, ALGORITHM, headers=headers)

    def sign_bytes(self, content: bytes) -> bytes:
        """Return a bare Ed25519 signature, as another vendor's apps verify it."""
        return self._key[0].sign(content)


def verify_answer(token: str, keys: Sequence[PublicKey]) -> VerifiedAnswer:
    """Verify type and signature with the answer keys, and return the claims.

    Raises TokenInvalidError.
    """
    key, claims = signed_claims(token, keys, TokenType.ANSWER)
    with times_in_range():
        answer = Answer(
            code=claim(claims, "code", str),
            issued_at=time_claim(claims, "iat"),
            expires_at=time_claim(claims, "exp"),
            device=_text(claims, "device"),
            nonce=_text(claims, "nonce"),
            license=_license(claims),
        )
    return VerifiedAnswer(key.kid, claim(claims, "iss", str), answer)


def _license(claims: Mapping[str, object]) -> LicenseClaims | None:
    if "sub" not in claims:
        return None
    return LicenseClaims(
        token_id=claim(claims, "sub", str),
        product_id=claim(claims, "aud", str),
        tier=claim(claims, "tier", str),
        seats=claim(claims, "seats", int),
    )


def _text(claims: Mapping[str, object], name: str) -> str | None:
    return claim(claims, name, str) if name in claims else None
