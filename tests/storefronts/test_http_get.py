"""A question to a shop's API ends, whatever the answer does."""

import asyncio
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from domain.errors import StorefrontAwayError
from storefronts.http_get import get
from tests.support.serving import serving


async def drip(_scope: Scope, receive: Receive, send: Send) -> None:
    """Send a byte now and then, until the client leaves."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    left = asyncio.ensure_future(receive())
    while not left.done():
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.wait({left}, timeout=0.02)


async def test_an_answer_that_drips_without_end_is_given_up() -> None:
    async with serving(Starlette(routes=[Mount("/", drip)])) as url, asyncio.timeout(30):
        with pytest.raises(StorefrontAwayError, match=r"gave no answer \(TimeoutError\)"):
            await get("Stripe", url, {}, timedelta(seconds=0.2))
