"""Signs licenses and revocation lists. No other file touches the private key."""

import jwt
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.utils import base64url_encode
from typing_extensions import override

from domain.license import License
from licensing.revocations import GOOD_FOR, Revocations
from licensing.tokens import ALGORITHM, PublicKey, TokenType, thumbprint


class SigningKeyError(Exception):
    """The PEM is no usable signing key. `what` ends the sentence, and quotes nothing of the key."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the license signing key (LICENSE_SIGNING_KEY or LICENSE_SIGNING_KEY_FILE) {what}: "
            "an Ed25519 private key as unencrypted PEM is needed, as `mintpost keys generate` "
            "makes it"
        )


class Signer:
    """Turns licenses and revocation lists into tokens.

    Raises SigningKeyError if the PEM is no usable key.
    """

    def __init__(self, pem: str | bytes, issuer: str) -> None:
        self._private_key = _load(pem if isinstance(pem, bytes) else pem.encode(errors="replace"))
        self._issuer = issuer
        raw = self._private_key.public_key().public_bytes_raw()
        x = base64url_encode(raw).decode()
        self.public_key = PublicKey(thumbprint(x), x)

    @property
    def kid(self) -> str:
        return self.public_key.kid

    @override
    def __repr__(self) -> str:
        return f"Signer(kid={self.kid!r})"

    def sign(self, license_: License) -> str:
        """Return the token. The same license gives the same token, without personal data."""
        claims: dict[str, object] = {
            "iss": self._issuer,
            "jti": license_.token_id or str(license_.id),
            "iat": license_.issued_at,
            "tier": license_.tier,
            "product": license_.product_id,
            "seats": license_.seats,
            "test": license_.test,
            "key": license_.key,
        }
        if license_.good_until is not None:
            claims["exp"] = license_.good_until
        return self._encode(TokenType.LICENSE, claims)

    def sign_revocations(self, content: Revocations) -> str:
        """Return the revocation list.

        It has neither `jti` nor `key`. Apps in the field know no `typ`, but demand these two of a
        license, so no app takes the list for one.
        """
        claims: dict[str, object] = {
            "iss": self._issuer,
            "iat": content.signed_at,
            "exp": content.signed_at + GOOD_FOR,
            "seq": content.seq,
            "revoked": content.revoked,
        }
        return self._encode(TokenType.REVOCATIONS, claims)

    def _encode(self, type_: TokenType, claims: dict[str, object]) -> str:
        headers = {"kid": self.kid, "typ": type_.value}
        return jwt.encode(claims, self._private_key, ALGORITHM, headers=headers)


def generate_private_key() -> str:
    """Return a new Ed25519 key as PKCS8 PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _load(pem: bytes) -> Ed25519PrivateKey:
    key = _load_any(pem)
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError("is of another type than Ed25519")
    return key


def _load_any(pem: bytes) -> PrivateKeyTypes:
    # No error of the library is chained, so that no part of a key can reach a log.
    try:
        return load_pem_private_key(pem, password=None)
    except TypeError:
        raise SigningKeyError("is encrypted with a password") from None
    except UnsupportedAlgorithm:
        raise SigningKeyError("is of another type than Ed25519") from None
    # OpenSSL's own errors pass through for some damaged keys (cryptography 50).
    except (ValueError, InternalError):
        what = "is a public key" if _is_public(pem) else "is no private key in PEM"
        raise SigningKeyError(what) from None


def _is_public(pem: bytes) -> bool:
    try:
        load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True
