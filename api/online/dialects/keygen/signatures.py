"""Signs each answer as Keygen does, so that an app with the public key trusts no other server."""

import base64
import hashlib
import re
from dataclasses import dataclass
from email.utils import format_datetime

from fastapi import Request
from fastapi.responses import Response

from api.connection import SERVER_HEADERS
from api.online.dialects.keygen.wire import DOCUMENT, wants_plain_json
from api.online.fields import Kind
from kit.clock import Clock
from licensing.answers import AnswerSigner

ALGORITHM = "ed25519"
USUAL_VERSION = "1.8"
VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}", re.ASCII)
ASKED = re.compile(
    r'\s*(?:keyid="[^"]*"\s*,\s*)?algorithm="(?P<algorithm>[^"]+)"\s*;?\s*', re.ASCII
)

EXPOSED = (
    "Date, Digest, Keygen-Date, Keygen-Digest, Keygen-Signature, Keygen-Version, Location, "
    "Retry-After"
)
"""The headers that an app in a browser may read."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Signs refusals too, because the vendor's clients take an unsigned one for an attack."""

    signer: AnswerSigner
    account: str
    clock: Clock

    def finish(self, request: Request, response: Response) -> None:
        version = request.headers.get("keygen-version", "")
        response.headers["Keygen-Version"] = (
            version if VERSION.fullmatch(version) else USUAL_VERSION
        )
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        if response.headers.get("Content-Type") == DOCUMENT and wants_plain_json(request):
            response.headers["Content-Type"] = f"{Kind.JSON}; charset=utf-8"
        if asked_algorithm(request) == ALGORITHM:
            self._sign(request, response)

    def _sign(self, request: Request, response: Response) -> None:
        date = self._date(request, response)
        digest = f"sha-256={_base64(hashlib.sha256(response.body).digest())}"
        signature = _base64(self.signer.sign_bytes(signed_text(request, date, digest)))
        account = request.path_params.get("account") or self.account
        # An app may send any account. Quotation marks and others would break the header.
        keyid = account if re.fullmatch(r"[\w.-]+", account, re.ASCII) else self.account
        for prefix in ("", "Keygen-"):
            response.headers[f"{prefix}Digest"] = digest
        response.headers["Keygen-Date"] = date
        response.headers["Keygen-Signature"] = (
            f'keyid="{keyid}", algorithm="{ALGORITHM}", signature="{signature}", '
            'headers="(request-target) host date digest"'
        )

    def _date(self, request: Request, response: Response) -> str:
        """Return the date that the server sends, because a second Date header would differ."""
        for name, value in request.scope.get(SERVER_HEADERS, ()):
            if name.lower() == b"date":
                return str(value, "ascii")
        date = format_datetime(self.clock(), usegmt=True)
        response.headers["Date"] = date
        return date


def asked_algorithm(request: Request) -> str | None:
    """Return the algorithm that the app wants, by default ours. None: the header is unreadable."""
    header = request.headers.get("keygen-accept-signature", "")
    if not header:
        return ALGORITHM
    asked = ASKED.fullmatch(header)
    return None if asked is None else asked["algorithm"].lower()


def signed_text(request: Request, date: str, digest: str) -> bytes:
    """Return the text with host and path exactly as the app sent them."""
    path, query = request.scope["raw_path"], request.scope["query_string"]
    target = b"?".join((path, query)) if query else path
    host = request.headers.get("host", "").encode("latin-1")
    return b"\n".join(
        (
            b"(request-target): %s %s" % (request.method.lower().encode(), target),
            b"host: " + host,
            b"date: " + date.encode(),
            b"digest: " + digest.encode(),
        )
    )


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
