"""Every connection ends by a timeout, at each stage of a request."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, insert
from sqlalchemy.orm import Session

from db.tables import SigningKeyRow
from tests.api.bounded import (
    ORDINARY,
    PATIENT,
    RIGHT,
    SALE,
    SOON,
    UNKNOWN,
    WRONG,
    Web,
    bounded,
    held,
    kept_open,
)
from tests.api.raw_http import PATIENCE_SECONDS, exchange, request, status
from tests.db.rows import NOON

HALF_A_HEAD = b"POST /webhooks/gumroad HTTP/1.1\r\nHost: x"
HALF_A_BODY = 200


@pytest.fixture
async def short_heads(sqlite: URL, tmp_path: Path) -> AsyncIterator[Web]:
    async with bounded(sqlite, tmp_path, replace(PATIENT, head=SOON)) as web:
        yield web


@pytest.fixture
async def short_bodies(sqlite: URL, tmp_path: Path) -> AsyncIterator[Web]:
    async with bounded(sqlite, tmp_path, replace(PATIENT, body=SOON)) as web:
        yield web


@pytest.mark.parametrize("sent", [b"", b"P", HALF_A_HEAD], ids=["none", "letter", "half"])
async def test_connection_without_a_whole_head_ends(short_heads: Web, sent: bytes) -> None:
    async with held(short_heads, sent) as connection:
        assert await connection.rest() == b""


async def test_head_that_drips_ends(short_heads: Web) -> None:
    async with held(short_heads, HALF_A_HEAD) as connection:
        await asyncio.wait_for(connection.drip(b"x"), PATIENCE_SECONDS)


@pytest.mark.parametrize("after", [b"", b"P", HALF_A_HEAD], ids=["none", "letter", "half"])
@pytest.mark.parametrize("answered", [UNKNOWN, WRONG, RIGHT, "/healthz"])
async def test_connection_that_was_answered_ends(
    short_heads: Web, answered: str, after: bytes
) -> None:
    first = request("GET" if answered == "/healthz" else "POST", answered, body=b"a=1")
    async with held(short_heads, kept_open(first)) as connection:
        assert status(await connection.answer()) in {200, 404}
        await connection.send(after)
        assert await connection.rest() == b""


def half(target: str) -> bytes:
    return request("POST", target, body=ORDINARY)[: -len(ORDINARY) + HALF_A_BODY]


@pytest.mark.parametrize("target", [UNKNOWN, WRONG, "/healthz"])
async def test_body_that_nobody_waits_for_ends(short_bodies: Web, target: str) -> None:
    async with held(short_bodies, kept_open(half(target))) as connection:
        assert status(await connection.answer()) == 404
        await asyncio.wait_for(connection.drip(b"x"), PATIENCE_SECONDS)


@pytest.mark.parametrize("byte", [b"", b"x"], ids=["stalls", "drips"])
async def test_ping_whose_body_does_not_come_ends(
    short_bodies: Web, byte: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    sent = half(RIGHT).replace(f"{len(ORDINARY)}".encode(), b"1000000")
    async with held(short_bodies, sent) as connection:
        await asyncio.wait_for(connection.drip(byte), PATIENCE_SECONDS) if byte else None
        assert await connection.rest() == b""
    assert status(await exchange(short_bodies.url, SALE)) == 200
    assert "broke off and was not answered" in caplog.text
    assert "Traceback" not in caplog.text


async def test_next_request_has_its_own_time(sqlite: URL, tmp_path: Path) -> None:
    # Long enough for a busy machine: several requests together take longer than the limit of one.
    one = timedelta(seconds=1)
    async with bounded(sqlite, tmp_path, replace(PATIENT, body=one)) as web, held(web) as sender:
        for _ in range(4):
            await sender.send(kept_open(half(RIGHT)))
            await asyncio.sleep(0.3 * one.total_seconds())
            await sender.send(ORDINARY[HALF_A_BODY:])
            assert status(await sender.answer()) == 200


async def test_answers_that_nobody_reads_end(sqlite: URL, tmp_path: Path) -> None:
    def many_keys(session: Session) -> None:
        rows = [{"kid": f"{n:040}", "x": "A" * 43, "created_at": NOON} for n in range(500)]
        session.execute(insert(SigningKeyRow), rows)

    async with bounded(sqlite, tmp_path, replace(PATIENT, answer=SOON)) as web:
        await web.database.write(many_keys)
        ask = kept_open(request("GET", "/.well-known/jwks.json"))
        async with held(web, ask * 200) as connection:
            await asyncio.wait_for(connection.drip(ask), PATIENCE_SECONDS)
