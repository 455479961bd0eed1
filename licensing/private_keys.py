"""Reads and makes Ed25519 private keys. `licensing.signing` and `licensing.answers` sign."""

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

from licensing.tokens import PublicKey, thumbprint


class PrivateKeyError(Exception):
    """The PEM is no usable key. `what` ends a sentence, and quotes nothing of the key."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def load_private_key(pem: bytes) -> Ed25519PrivateKey:
    """Return the key. Raises PrivateKeyError."""
    key = _load_any(pem)
    if not isinstance(key, Ed25519PrivateKey):
        raise PrivateKeyError("is of another type than Ed25519")
    return key


def public_key_of(key: Ed25519PrivateKey) -> PublicKey:
    raw = key.public_key().public_bytes_raw()
    x = base64url_encode(raw).decode()
    return PublicKey(thumbprint(x), x)


def generate_private_key() -> str:
    """Return a new Ed25519 key as PKCS8 PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _load_any(pem: bytes) -> PrivateKeyTypes:
    # No error of the library is chained, so that no part of a key can reach a log.
    try:
        return load_pem_private_key(pem, password=None)
    except TypeError:
        raise PrivateKeyError("is encrypted with a password") from None
    except UnsupportedAlgorithm:
        raise PrivateKeyError("is of another type than Ed25519") from None
    # OpenSSL's own errors pass through for some damaged keys (cryptography 50).
    except (ValueError, InternalError):
        what = "is a public key" if _is_public(pem) else "is no private key in PEM"
        raise PrivateKeyError(what) from None


def _is_public(pem: bytes) -> bool:
    try:
        load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True
