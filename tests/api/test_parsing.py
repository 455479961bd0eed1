"""Requests that are costly for the event loop before our code sees them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import h11
import pytest
from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from api.parsing import MOST_HEAD_LINES, MOST_SMALL_CHUNKS, TOO_LARGE, USUAL_CHUNK, Parser
from db.tables import RequestRow
from tests.api.bounded import (
    ORDINARY,
    PATIENT,
    RIGHT,
    SALE,
    SOON,
    UNKNOWN,
    WRONG,
    Held,
    Web,
    bounded,
    held,
)
from tests.api.raw_http import exchange, request, status
from tests.support.running import FORM

TARGETS = (WRONG, RIGHT, "/webhooks/gumroad", "/webhooks/nobody", "/healthz", UNKNOWN)
OWN_LINES = len(request("POST", UNKNOWN).split(b"\r\n")) - 2
CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
async def web(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    async with bounded(sqlite, tmp_path_factory.mktemp("parsing"), PATIENT) as web:
        yield web


def with_lines(target: str, count: int, method: str = "POST") -> bytes:
    return request(method, target, *["a:b"] * (count - OWN_LINES))


def chunks(body: bytes, size: int) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def newest_body(session: Session) -> bytes | None:
    return session.scalar(select(RequestRow.body).order_by(RequestRow.event_id.desc()).limit(1))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("count", [MOST_HEAD_LINES + 1, 1_000, 12_000, 50_000])
async def test_head_of_many_lines_gets_what_an_unknown_path_gets(
    web: Web, target: str, count: int
) -> None:
    unknown = await exchange(web.url, request("POST", UNKNOWN))
    assert await exchange(web.url, with_lines(target, count)) == unknown


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "BREW"])
async def test_long_head_of_any_method_gets_what_an_unknown_path_gets(
    web: Web, method: str
) -> None:
    unknown = await exchange(web.url, request(method, UNKNOWN))
    endless = f"{method} {RIGHT} HTTP/1.1\r\nX: ".encode().ljust(70_000, b"x")
    for sent in (with_lines(RIGHT, 1_000, method), endless):
        assert await exchange(web.url, sent) == unknown


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("size", [65_537, 3_000_000])
async def test_head_that_does_not_end_gets_what_an_unknown_path_gets(
    web: Web, target: str, size: int
) -> None:
    unknown = await exchange(web.url, request("POST", UNKNOWN))
    endless = f"POST {target} HTTP/1.1\r\nX: ".encode().ljust(size, b"x")
    assert await exchange(web.url, endless) == unknown


async def test_head_that_goes_on_after_its_answer_ends(sqlite: URL, tmp_path: Path) -> None:
    async with (
        bounded(sqlite, tmp_path, replace(PATIENT, answer=SOON)) as web,
        held(web, with_lines(RIGHT, MOST_HEAD_LINES + 1)) as connection,
    ):
        assert status(await connection.rest()) == 404
        await asyncio.wait_for(drip(connection), 10)


async def drip(connection: Held) -> None:
    with suppress(ConnectionError):
        while True:
            await connection.send(b"x")
            await asyncio.sleep(0.01)


async def test_head_of_as_many_lines_as_may_be_is_read(web: Web) -> None:
    head = with_lines(RIGHT, MOST_HEAD_LINES - 1).removesuffix(b"\r\n")
    sent = head + b"Content-Length: %d\r\n\r\n" % len(ORDINARY) + ORDINARY
    assert status(await exchange(web.url, sent)) == 200


@pytest.mark.parametrize("size", [1, 7, 1_000])
async def test_ping_in_chunks_is_kept_whole(web: Web, size: int) -> None:
    head = request("POST", RIGHT, f"Content-Type: {FORM}", CHUNKED)
    assert status(await exchange(web.url, head + chunks(ORDINARY, size))) == 200
    assert await web.database.read(newest_body) == ORDINARY


async def test_large_body_in_usual_chunks_is_kept_whole(web: Web) -> None:
    body = ORDINARY + b"&zz=" + b"x" * 500_000
    head = request("POST", RIGHT, f"Content-Type: {FORM}", CHUNKED)
    assert status(await exchange(web.url, head + chunks(body, USUAL_CHUNK))) == 200
    assert await web.database.read(newest_body) == body


async def test_body_of_very_many_small_chunks_is_refused_on_every_path(web: Web) -> None:
    body = chunks(b"x" * 2 * MOST_SMALL_CHUNKS, 1)
    answers = {await exchange(web.url, request("POST", to, CHUNKED) + body) for to in TARGETS}
    assert [status(answer) for answer in answers] == [400]
    assert status(await exchange(web.url, SALE)) == 200


def test_no_line_of_a_long_head_is_parsed() -> None:
    parser = Parser(64 * 1024)
    parser.receive_data(with_lines(UNKNOWN, 50_000).replace(b"a:b", b"no header"))
    with pytest.raises(h11.RemoteProtocolError) as raised:
        parser.next_event()
    assert raised.value.error_status_hint == TOO_LARGE


def test_each_request_may_have_its_small_chunks() -> None:
    parser = Parser(64 * 1024)
    for _ in range(3):
        parser.receive_data(request("POST", UNKNOWN, CHUNKED).replace(b"close", b"x"))
        parser.receive_data(chunks(b"x" * MOST_SMALL_CHUNKS, 1))
        while not isinstance(parser.next_event(), h11.EndOfMessage):
            pass
        answer = h11.Response(status_code=200, headers=[("Content-Length", "0")])
        parser.send(answer)
        parser.send(h11.EndOfMessage())
        parser.start_next_cycle()
