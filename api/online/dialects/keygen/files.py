"""License files: a license in a signed file, for an app that goes on offline."""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.online.dialects.keygen.licenses import (
    KeygenLicense,
    license_resource,
    related,
    related_account,
)
from api.online.dialects.keygen.refusals import Problem, RefusedError
from api.online.dialects.keygen.scopes import texts_of
from api.online.dialects.keygen.wire import Document, stamp
from api.online.fields import Fields
from domain.online import Code
from licensing.answers import AnswerSigner

PLAIN, ENCRYPTED = "base64+ed25519", "aes-256-gcm+ed25519"
SHORTEST = timedelta(hours=1)
INCLUDES = frozenset(
    {
        "entitlements",
        "environment",
        "group",
        "machines",
        "owner",
        "policy",
        "product",
        "user",
        "users",
    }
)
IV_BYTES, TAG_BYTES = 12, 16


@dataclass(frozen=True, slots=True)
class CheckOut:
    """The app's wishes for its file. `ttl` None: as long as the lease allows."""

    encrypted: bool = False
    ttl: timedelta | None = None
    includes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LicenseFile:
    certificate: str
    algorithm: str
    issued: datetime
    ttl: timedelta
    includes: Sequence[str]


def read_check_out(fields: Fields) -> CheckOut:
    """Read query and body. Raises BadRequestError and RefusedError."""
    meta = fields.inner("meta")
    if meta is not None:
        fields = Fields({**fields.values, **meta.values})
    return CheckOut(_is_encrypted(fields), _ttl(fields), _includes(fields))


def lease_of(license_: KeygenLicense, asked: timedelta | None, now: datetime) -> timedelta:
    """Return the time for which a file is good, within the lease and the license's end."""
    lease = timedelta(days=license_.found.terms.lease_days)
    if not lease:
        raise RefusedError(
            Problem(403, "This product has no license files: it must be asked online")
        )
    end = license_.found.online.license.good_until
    times = [lease, *([] if asked is None else [asked]), *([] if end is None else [end - now])]
    # Clients take a file of no seconds for one without an end.
    return timedelta(seconds=max(1, int(min(times).total_seconds())))


def license_file(
    license_: KeygenLicense, wish: CheckOut, signer: AnswerSigner, now: datetime
) -> LicenseFile:
    ttl = lease_of(license_, wish.ttl, now)
    document: Document = {
        "meta": {
            "issued": stamp(now),
            "expiry": stamp(now + ttl),
            "ttl": round(ttl.total_seconds()),
        },
        "data": license_resource(license_, Code.VALID),
    }
    if wish.includes:
        document["included"] = []
    content = json.dumps(document, separators=(",", ":")).encode()
    key = license_.found.online.key
    enc = _encrypted(content, key) if wish.encrypted else _base64(content)
    algorithm = ENCRYPTED if wish.encrypted else PLAIN
    certificate = _certificate(enc, algorithm, signer)
    return LicenseFile(certificate, algorithm, now, ttl, wish.includes)


def file_resource(license_: KeygenLicense, file: LicenseFile) -> Document:
    return {
        "id": str(uuid4()),
        "type": "license-files",
        "attributes": {
            "certificate": file.certificate,
            "algorithm": file.algorithm,
            "includes": list(file.includes),
            "ttl": round(file.ttl.total_seconds()),
            "expiry": stamp(file.issued + file.ttl),
            "issued": stamp(file.issued),
        },
        "relationships": {
            "account": related_account(license_),
            "license": related(license_.link, "licenses", license_.id),
        },
    }


def _certificate(enc: str, algorithm: str, signer: AnswerSigner) -> str:
    signature = _base64(signer.sign_bytes(f"license/{enc}".encode()))
    inner = json.dumps({"enc": enc, "sig": signature, "alg": algorithm}, separators=(",", ":"))
    lines = base64.encodebytes(inner.encode()).decode()
    return f"-----BEGIN LICENSE FILE-----\n{lines}-----END LICENSE FILE-----\n"


def _encrypted(content: bytes, license_key: str) -> str:
    secret, iv = hashlib.sha256(license_key.encode()).digest(), os.urandom(IV_BYTES)
    sealed = AESGCM(secret).encrypt(iv, content, None)
    return ".".join(_base64(part) for part in (sealed[:-TAG_BYTES], iv, sealed[-TAG_BYTES:]))


def _is_encrypted(fields: Fields) -> bool:
    algorithm, encrypt = fields.text("algorithm"), fields.flag("encrypt")
    if algorithm is None:
        return bool(encrypt)
    if algorithm not in {PLAIN, ENCRYPTED}:
        detail = f"must be {PLAIN} or {ENCRYPTED}"
        raise RefusedError(_problem(detail, "CHECKOUT_ALGORITHM_INVALID", "algorithm"))
    return algorithm == ENCRYPTED


def _ttl(fields: Fields) -> timedelta | None:
    # Some clients write a file without an end as a word. In a set, a list would raise TypeError.
    if fields.values.get("ttl") in ("", "null"):
        return None
    seconds = fields.number("ttl")
    if seconds is None:
        return None
    if seconds < SHORTEST.total_seconds():
        detail = "must be greater than or equal to 3600 (1 hour)"
        raise RefusedError(_problem(detail, "CHECKOUT_TTL_INVALID", "ttl"))
    return timedelta(seconds=min(seconds, LONGEST_SECONDS))


LONGEST_SECONDS = 10**9
"""More than any lease, so that a number of many digits is no error."""


def _includes(fields: Fields) -> Sequence[str]:
    sent = fields.values.get("include")
    named = texts_of(fields, "include") if isinstance(sent, list) else None
    if named is None:
        named = [one.strip() for one in (fields.text("include") or "").split(",") if one.strip()]
    if not set(named) <= INCLUDES:
        raise RefusedError(_problem("invalid includes", "CHECKOUT_INCLUDE_INVALID", "include"))
    return tuple(dict.fromkeys(named))


def _problem(detail: str, code: str, parameter: str) -> Problem:
    return Problem(400, detail, code, parameter=parameter)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
