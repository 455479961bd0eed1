"""One POST of JSON to an address that is a secret, so no sentence and no log repeats it."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from kit.retry_after import read_retry_after

if TYPE_CHECKING:
    import httpx

PATIENCE = timedelta(seconds=10)
"""Timeout of a whole call, from name resolution to the head of the answer."""

AGENT = "Mintpost"


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why the receiver did not take it, as the end of a sentence: "answers 404"."""

    what: str
    retry_after: timedelta | None = None


async def post_json(
    url: str, body: Mapping[str, object], patience: timedelta = PATIENCE
) -> NotTaken | None:
    """Post the body, and follow no redirect. None: the receiver took it."""
    # Only here, because httpx takes a twentieth of a process's start.
    import httpx  # noqa: PLC0415

    # httpx logs the address of each request, at this level.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "User-Agent": AGENT}
    try:
        async with (
            asyncio.timeout(patience.total_seconds()),
            httpx.AsyncClient(timeout=patience.total_seconds()) as http,
            http.stream("POST", url, content=content, headers=headers) as answer,
        ):
            return _not_taken(answer)
    except (httpx.TimeoutException, TimeoutError):
        return NotTaken(f"gave no answer within {patience.total_seconds():g} s")
    except Exception as error:  # noqa: BLE001 - the words of any error may hold the address
        return NotTaken(f"cannot be reached ({type(error).__name__})")


def _not_taken(answer: "httpx.Response") -> NotTaken | None:
    if answer.is_success:
        return None
    wait = read_retry_after(answer.headers.get("Retry-After", ""))
    if answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return NotTaken(f"answers {answer.status_code}, as if the address were old or wrong", wait)
    return NotTaken(f"answers {answer.status_code}", wait)
