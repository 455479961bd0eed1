"""Serves the newest revocation list, as the worker signed it, to apps and browsers."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.sharing import Shared
from db.engine import Database
from db.revocations import newest_list, newest_seq, token_of_list
from domain.errors import DatabaseAwayError
from kit.clock import Clock, utc_now

PATH = "/v1/revocations"

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
"""An app in a browser may read the list, because the list is public anyway."""

HEADERS = {
    **ANY_ORIGIN,
    "Access-Control-Expose-Headers": "ETag",
    # A revocation reaches every app within these five minutes; caches spare us the other requests.
    "Cache-Control": "public, max-age=300",
    # A browser must not guess another type.
    "X-Content-Type-Options": "nosniff",
}
# A browser asks first, because an app that sets If-None-Match itself makes no simple request.
PREFLIGHT = {
    **ANY_ORIGIN,
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}

PIECE = 64 * 1024
"""Bytes that one slow reader keeps in memory. A list may have megabytes."""

OLD = timedelta(days=2)
"""The worker signs a list each day."""

OLD_LIST = (
    "revocation list: the worker signs one each day, and the newest is of {since}; apps believe "
    "none that is older than a week: is the worker up, and its log quiet? Start it with "
    "`python worker.py`"
)


@dataclass(frozen=True, slots=True)
class ServedList:
    seq: int
    body: bytes
    etag: str


@dataclass(slots=True)
class RevocationLists:
    """Keeps the newest list in memory, and asks for its number at each request."""

    database: Database
    patience: timedelta = timedelta(seconds=2)
    clock: Clock = utc_now
    served: ServedList | None = field(default=None, init=False)

    async def newest(self) -> ServedList | None:
        """Return the newest list; None before the first.

        Raises TimeoutError and DatabaseAwayError.
        """
        async with asyncio.timeout(self.patience.total_seconds()):
            seq = await self.database.read(newest_seq)
            if seq is None:
                return None
            if self.served is None or self.served.seq != seq:
                token = await self.database.read(token_of_list, seq)
                self.served = None if token is None else _served(seq, token)
            return self.served

    async def warnings(self) -> list[str]:
        """Return a sentence if the newest list is old. The worker's absence is another warning."""
        try:
            newest = await self.database.read(newest_list)
        except DatabaseAwayError:
            return []  # The caller tells that separately.
        if newest is None or self.clock() - newest.signed_at < OLD:
            return []
        since = f"{newest.signed_at:%Y-%m-%d}"
        return [OLD_LIST.format(since=since)]


def revocation_routes(lists: RevocationLists) -> APIRouter:
    router = APIRouter()
    newest = Shared(lists.newest)

    @router.api_route(PATH, methods=["GET", "HEAD"])
    async def revocations(request: Request) -> Response:
        try:
            found = await newest()
        except (DatabaseAwayError, TimeoutError):
            return _later("the revocation list cannot be read right now")
        if found is None:
            return _later("no revocation list is signed yet")
        return _answer(found, request.headers.get("if-none-match", ""))

    @router.options(PATH)
    async def preflight() -> Response:
        return Response(status_code=204, headers=PREFLIGHT)

    return router


def _served(seq: int, token: str) -> ServedList:
    body = token.encode()
    # Not the number: a database that came from a backup uses a number again.
    return ServedList(seq, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _later(why: str) -> Response:
    return JSONResponse({"detail": why}, 503, {**ANY_ORIGIN, "Retry-After": "10"})


def _answer(found: ServedList, known: str) -> Response:
    headers = {**HEADERS, "ETag": found.etag}
    # A proxy that compresses may weaken our tag.
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    if tags & {found.etag, "*"}:
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(len(found.body))
    return StreamingResponse(_pieces(found.body), headers=headers, media_type="application/jwt")


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]
