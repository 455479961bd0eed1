"""Checks at start that the SDK can build a client from the Temporal settings.

The SDK reports a wrong value only while connecting and as an outage, so a process would retry for
ever.
"""

import re
from collections.abc import Callable, Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificatePublicKeyTypes,
    PublicKeyTypes,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificates
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import TLSConfig

from kit.environment import SettingsError
from settings.temporal import temporal_config

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.ASCII | re.IGNORECASE)
CERT, KEY, CA = (f"TEMPORAL_TLS_{part}" for part in ("CLIENT_CERT", "CLIENT_KEY", "SERVER_CA_CERT"))
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


def usable_temporal_config() -> ClientConnectConfig:
    """Return the arguments of `Client.connect`. Raises SettingsError if they could never work."""
    config = temporal_config()
    tls = config.get("tls")
    problems = [*_words(config), *(_tls(tls) if isinstance(tls, TLSConfig) else ())]
    if problems:
        raise SettingsError("\n".join(problems))
    return config


def _words(config: ClientConnectConfig) -> Iterator[str]:
    if not _is_header(config.get("api_key") or ""):
        yield "TEMPORAL_API_KEY holds a character that no API key has: copy it anew"
    if not (config.get("namespace") or "").isprintable():
        yield "TEMPORAL_NAMESPACE holds a character that no namespace has: copy it anew"
    for name, value in (config.get("rpc_metadata") or {}).items():
        if not (_is_header(name) and _is_header(str(value))):
            yield f"TEMPORAL_GRPC_META_{ascii(name)[1:-1].upper()} can be no header: use ASCII"


def _tls(tls: TLSConfig) -> Iterator[str]:
    if tls.domain and HOST.fullmatch(tls.domain) is None:
        yield "TEMPORAL_TLS_SERVER_NAME is no name of a host"
    if tls.server_root_ca_cert and _public_key_of_certificate(tls.server_root_ca_cert) is None:
        yield _no_pem(CA, "certificate")
    cert, key = tls.client_cert, tls.client_private_key
    if bool(cert) != bool(key):
        have, lack = (CERT, KEY) if cert else (KEY, CERT)
        yield f"{lack}_PATH is missing: {have}_PATH is set, and one needs the other"
    elif cert and key:
        yield from _pair(cert, key)


def _pair(cert: bytes, key: bytes) -> Iterator[str]:
    of_cert, of_key = _public_key_of_certificate(cert), _public_key_of_key(key)
    if of_cert is None:
        yield _no_pem(CERT, "certificate")
    if of_key is None:
        yield _no_pem(KEY, "private key without a password")
    if of_cert and of_key and of_cert != of_key:
        yield f"{KEY}_PATH is the key of another certificate than {CERT}_PATH"


def _no_pem(name: str, what: str) -> str:
    return f"{name}_PATH (or {name}_DATA, or the profile's) is no {what} in PEM"


def _public_key_of_certificate(pem: bytes) -> bytes | None:
    return _or_none(lambda: _told(load_pem_x509_certificates(pem)[0].public_key()))


def _public_key_of_key(pem: bytes) -> bytes | None:
    return _or_none(lambda: _told(load_pem_private_key(pem, password=None).public_key()))


def _told(key: CertificatePublicKeyTypes | PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _or_none(read: Callable[[], bytes]) -> bytes | None:
    try:
        return read()
    except UNREADABLE:
        return None


def _is_header(text: str) -> bool:
    return text.isascii() and text.isprintable()
