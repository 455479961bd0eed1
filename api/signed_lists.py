"""Serves the newest list of a kind, as the worker signed it, to apps and browsers."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.sharing import Shared
from db.answer_keys import KeyList
from db.engine import Database
from db.revocations import KeptList
from db.signed_lists import ListTable, newest_seq, token_of_list
from domain.advice import START_WORKER
from domain.errors import DatabaseAwayError
from domain.findings import Finding, Level

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
"""An app in a browser may read a list, because each list is public anyway."""

HEADERS = {
    **ANY_ORIGIN,
    "Access-Control-Expose-Headers": "ETag",
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

OLD = timedelta(days=2)
"""The worker signs each list daily."""

PIECE = 64 * 1024
"""Bytes that one slow reader keeps in memory. A list may have megabytes."""


@dataclass(frozen=True, slots=True)
class ServedList:
    seq: int
    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list: its path, name and table, and how long a cache keeps it."""

    path: str
    name: str
    table: ListTable
    max_age: timedelta


@dataclass(slots=True)
class SignedLists:
    """Keeps the newest list in memory, and asks for its number at each request."""

    database: Database
    kind: ListKind
    patience: timedelta = timedelta(seconds=2)
    served: ServedList | None = field(default=None, init=False)

    async def newest(self) -> ServedList | None:
        """Return the newest list; None before the first.

        Raises TimeoutError and DatabaseAwayError.
        """
        async with asyncio.timeout(self.patience.total_seconds()):
            seq = await self.database.read(newest_seq, self.kind.table)
            if seq is None:
                return None
            if self.served is None or self.served.seq != seq:
                token = await self.database.read(token_of_list, self.kind.table, seq)
                self.served = None if token is None else _served(seq, token)
            return self.served


def told_if_old(sentence: str, newest: KeptList | KeyList | None, now: datetime) -> list[Finding]:
    """Return a finding with the day of the newest list, if that is old."""
    if newest is None or now - newest.signed_at < OLD:
        return []
    told = sentence.format(since=f"{newest.signed_at:%Y-%m-%d}")
    return [Finding(told.partition(":")[0], Level.WARNING, told, START_WORKER)]


def list_routes(lists: SignedLists) -> APIRouter:
    router = APIRouter()
    kind, newest = lists.kind, Shared(lists.newest)
    max_age = round(kind.max_age.total_seconds())
    headers = {**HEADERS, "Cache-Control": f"public, max-age={max_age}"}

    @router.api_route(kind.path, methods=["GET", "HEAD"])
    async def served(request: Request) -> Response:
        try:
            found = await newest()
        except (DatabaseAwayError, TimeoutError):
            return _later(f"the {kind.name} cannot be read right now")
        if found is None:
            return _later(f"no {kind.name} is signed yet")
        return _answer(found, request.headers.get("if-none-match", ""), headers)

    @router.options(kind.path)
    async def preflight() -> Response:
        return Response(status_code=204, headers=PREFLIGHT)

    return router


def _served(seq: int, token: str) -> ServedList:
    body = token.encode()
    # Not the number: a database that came from a backup uses a number again.
    return ServedList(seq, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _later(why: str) -> Response:
    return JSONResponse({"detail": why}, 503, {**ANY_ORIGIN, "Retry-After": "10"})


def _answer(found: ServedList, known: str, headers: dict[str, str]) -> Response:
    headers = {**headers, "ETag": found.etag}
    # A proxy that compresses may weaken our tag.
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    if tags & {found.etag, "*"}:
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(len(found.body))
    return StreamingResponse(_pieces(found.body), headers=headers, media_type="application/jwt")


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]
