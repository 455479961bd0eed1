"""The form of Keygen's answers: JSON:API documents, their content types and their times."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from fastapi import Request
from fastapi.responses import Response

from api.online.fields import BadRequestError, Kind

Document: TypeAlias = dict[str, object]

KINDS = (Kind.JSON_API, Kind.JSON)
ANY_KIND = frozenset({"*/*", "application/*", *KINDS})
FILE = "application/octet-stream"
DOCUMENT = f"{Kind.JSON_API}; charset=utf-8"


def answer_with(
    document: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    # ASCII, because a nonce or a scope comes back as the app sent it.
    body = json.dumps(document, separators=(",", ":"))
    typed = {**(headers or {}), "Content-Type": DOCUMENT}
    return Response(body, status, typed)


def require_acceptable(request: Request) -> None:
    """Raise BadRequestError if the app cannot read JSON."""
    accepted = accepted_types(request)
    allowed = ANY_KIND | {FILE} if request.method != "POST" else ANY_KIND
    if accepted and not accepted & allowed:
        raise BadRequestError(f"the Accept header must allow {Kind.JSON_API}")


def accepted_types(request: Request) -> frozenset[str]:
    named = request.headers.get("accept", "").split(",")
    return frozenset(one.partition(";")[0].strip().lower() for one in named) - {""}


def wants_plain_json(request: Request) -> bool:
    return accepted_types(request) == {Kind.JSON.value}


def stamp(moment: datetime) -> str:
    """Return a time as Keygen writes it, with three digits of a second."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)
