"""The connection closed for a new one, when each has a request in progress."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, insert
from sqlalchemy.orm import Session

from db.tables import SigningKeyRow
from tests.api.bounded import (
    ORDINARY,
    PATIENT,
    SALE,
    UNKNOWN,
    Held,
    Web,
    bounded,
    held,
    kept_open,
)
from tests.api.raw_http import exchange, request, status
from tests.db.rows import NOON
from tests.support.outages import events_locked

FEW = 4
PART = SALE[: -len(ORDINARY)]
KEYS = kept_open(request("GET", "/.well-known/jwks.json"))


@pytest.fixture
async def web(sqlite: URL, tmp_path: Path) -> AsyncIterator[Web]:
    async with bounded(sqlite, tmp_path, replace(PATIENT, per_peer=FEW)) as web:
        yield web


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def many_keys(session: Session) -> None:
    rows = [{"kid": f"{n:040}", "x": "A" * 43, "created_at": NOON} for n in range(2_000)]
    session.execute(insert(SigningKeyRow), rows)


async def test_ping_that_is_being_stored_is_not_given_up(web: Web, stack: AsyncExitStack) -> None:
    with events_locked(web.database.engine.url):
        senders = [await stack.enter_async_context(held(web, SALE)) for _ in range(FEW)]
        # The server reads in order of arrival, so it has read all of them by now.
        for _ in range(FEW):
            async with held(web, SALE) as refused:
                assert await refused.rest() == b""
    for each in senders:
        assert status(await each.rest()) == 200


async def test_the_sender_that_takes_longest_is_given_up(web: Web, stack: AsyncExitStack) -> None:
    slow = [await stack.enter_async_context(held(web, PART)) for _ in range(FEW)]
    assert status(await exchange(web.url, SALE)) == 200
    assert await slow[0].rest() == b""
    for each in slow[1:]:
        await each.send(ORDINARY)
        assert status(await each.rest()) == 200


async def test_answers_that_nobody_reads_make_room(web: Web, stack: AsyncExitStack) -> None:
    await web.database.write(many_keys)
    for _ in range(FEW):
        await stack.enter_async_context(held(web, KEYS * 50))
    for _ in range(FEW):
        assert status(await exchange(web.url, SALE)) == 200


async def test_stranger_renews_no_connection(web: Web, stack: AsyncExitStack) -> None:
    async def renew(connection: Held) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await connection.send(kept_open(request("GET", "/healthz")))
            await connection.answer()

    strangers = [await stack.enter_async_context(held(web)) for _ in range(FEW - 1)]
    sender = await stack.enter_async_context(held(web))
    for _ in range(FEW - 1):
        for stranger in strangers:
            await renew(stranger)
        assert status(await exchange(web.url, SALE)) == 200
        strangers.append(await stack.enter_async_context(held(web)))
    await sender.send(SALE)
    assert status(await sender.rest()) == 200


async def test_strangers_with_requests_ready_make_room(web: Web, stack: AsyncExitStack) -> None:
    ready = kept_open(request("POST", UNKNOWN)) * 300
    for _ in range(3):
        strangers = [await stack.enter_async_context(held(web, ready)) for _ in range(FEW)]
        assert status(await exchange(web.url, SALE)) == 200
        assert len(strangers) == FEW
