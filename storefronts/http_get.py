"""A GET to a shop's API. Every failure is one of our errors, and quotes nothing of the answer."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from ssl import SSLContext

import httpx

from domain.errors import StorefrontAwayError
from kit.retry_after import read_retry_after
from storefronts.got import REFUSALS, Got

PATIENCE = timedelta(seconds=10)
LONGEST_ANSWER = 8 * 1024 * 1024
WHEN_TOO_MANY = timedelta(minutes=1)
"""The pause after too many questions, where the shop names none: their limits are per minute."""

TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.NOT_FOUND, *REFUSALS})


async def get(
    title: str, url: str, headers: Mapping[str, str], patience: timedelta | None = None
) -> Got:
    """Ask once. Raises StorefrontAwayError."""
    try:
        status, wait, body = await _answer(url, headers, patience or PATIENCE)
    except Exception as error:  # noqa: BLE001 - the words of any error may hold a value
        raise StorefrontAwayError(title, f"gave no answer ({type(error).__name__})") from None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        said = "answered 429 (too many requests)"
        raise StorefrontAwayError(title, said, retry_after=wait or WHEN_TOO_MANY)
    if status not in TAKEN:
        raise StorefrontAwayError(title, f"answered {status}", retry_after=wait)
    if status not in REFUSALS and not _is_object(body):
        raise StorefrontAwayError(title, f"answered {status} without a JSON object")
    return Got(status, body)


async def _answer(
    url: str, headers: Mapping[str, str], patience: timedelta
) -> tuple[int, timedelta | None, bytes]:
    """Return status, wished wait, and body. A redirect is not followed: it would take the key."""
    timeout = patience.total_seconds()
    async with (
        # httpx limits each read alone, and an answer may drip byte by byte without end.
        asyncio.timeout(timeout),
        httpx.AsyncClient(timeout=timeout, follow_redirects=False, verify=_tls()) as http,
        http.stream("GET", url, headers=headers) as response,
    ):
        wait = read_retry_after(response.headers.get("Retry-After", ""))
        return response.status_code, wait, await _body(response)


@cache
def _tls() -> SSLContext:
    """Load the certificate authorities once, because each load keeps the worker busy for 40 ms."""
    return httpx.create_ssl_context()


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LONGEST_ANSWER:
            raise ValueError("the answer is too long")
    return bytes(body)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False
