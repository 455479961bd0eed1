"""Malformed HTTP gets the same answer on every path, and never causes a traceback."""

import re
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import URL

from tests.api.bounded import PATIENT, RIGHT, SALE, UNKNOWN, WRONG, Web, bounded, held, kept_open
from tests.api.raw_http import exchange, request, status

CHUNKED = "Transfer-Encoding: chunked"
CLOSE = "Host: x\r\nConnection: close\r\n"
TARGETS = (WRONG, "/webhooks/gumroad", "/webhooks/", "//webhooks/gumroad", "/webhooks%2Fgumroad")

ODD: dict[str, Callable[[str], bytes]] = {
    "bad-chunk": lambda target: request("POST", target, CHUNKED) + b"zz\r\n\r\n",
    "negative-chunk": lambda target: request("POST", target, CHUNKED) + b"-1\r\n\r\n",
    "huge-chunk": lambda target: request("POST", target, CHUNKED) + b"f" * 40 + b"\r\n",
    "empty-chunk": lambda target: request("POST", target, CHUNKED) + b"\r\n\r\n",
    "second-chunk": lambda target: request("POST", target, CHUNKED) + b"3\r\na=1\r\nzz\r\n\r\n",
    "chunk-too-long": lambda target: request("POST", target, CHUNKED) + b"1\r\na=1\r\n0\r\n\r\n",
    "two-lengths": lambda target: request(
        "POST", target, "Content-Length: 1", "Content-Length: 2", body=b""
    ),
    "negative-length": lambda target: request("POST", target, "Content-Length: -1"),
    "length-and-chunks": lambda target: (
        request("POST", target, "Content-Length: 3", CHUNKED) + b"0\r\n\r\n"
    ),
    "odd-encoding": lambda target: request("POST", target, "Transfer-Encoding: gzip"),
    # One byte more than h11 keeps of an unfinished head.
    "large-head": lambda target: f"POST {target} HTTP/1.1\r\nX: ".encode().ljust(65_537, b"x"),
    "no-colon": lambda target: request("POST", target, "no colon"),
    "folded": lambda target: request("POST", target, "X: a\r\n b"),
    "control": lambda target: request("POST", target, "X: a\x00b"),
    "no-host": lambda target: f"POST {target} HTTP/1.1\r\nConnection: close\r\n\r\n".encode(),
    "http-1.0": lambda target: f"POST {target} HTTP/1.0\r\n\r\n".encode(),
    "http-2.0": lambda target: f"POST {target} HTTP/2.0\r\n{CLOSE}\r\n".encode(),
    "http-0.9": lambda target: f"GET {target}\r\n\r\n".encode(),
    "no-version": lambda target: f"POST {target} X\r\n{CLOSE}\r\n".encode(),
    "absolute": lambda target: request("POST", f"http://shop.example{target}"),
    "authority": lambda target: request("CONNECT", f"shop.example:443{target}"),
    "not-ascii": lambda target: request("POST", f"{target}é"),
    "blank": lambda target: request("POST", f"{target} x"),
    "fragment": lambda target: request("POST", f"{target}#x"),
    "trace": lambda target: request("TRACE", target, "Max-Forwards: 0"),
    "expects-100": lambda target: request("POST", target, "Expect: 100-continue", body=b"a=1"),
    "expects-else": lambda target: request("POST", target, "Expect: else", body=b"a=1"),
    "h2c": lambda target: request("GET", target, "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    "websocket": lambda target: request("GET", target, "Connection: upgrade", "Upgrade: websocket"),
}


@pytest.fixture(scope="module")
async def web(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    async with bounded(sqlite, tmp_path_factory.mktemp("odd"), PATIENT) as web:
        yield web


@pytest.mark.parametrize("case", ODD)
async def test_odd_request_tells_no_path_from_another(
    web: Web, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = await exchange(web.url, ODD[case](UNKNOWN))
    assert status(unknown) in {400, 404}
    for target in TARGETS:
        assert await exchange(web.url, ODD[case](target)) == unknown, target
    assert "Traceback" not in caplog.text
    assert "Exception" not in caplog.text
    assert all(record.exc_info is None for record in caplog.records)


@pytest.mark.parametrize("target", [UNKNOWN, WRONG, "/healthz"])
async def test_chunk_that_is_no_number_after_the_answer_ends_the_connection(
    web: Web, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with held(web, kept_open(request("POST", target, CHUNKED))) as connection:
        assert status(await connection.answer()) == 404
        await connection.send(b"zz\r\n\r\n")
        assert await connection.rest() == b""
    assert all(record.exc_info is None for record in caplog.records)


@pytest.mark.parametrize("before", [b"", b"3\r\na=1\r\n"], ids=["first", "second"])
async def test_ping_with_a_chunk_that_is_no_number_is_refused(
    web: Web, before: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with held(web, request("POST", RIGHT, CHUNKED) + before) as connection:
        assert status(await exchange(web.url, SALE)) == 200  # The server has read it by now.
        await connection.send(b"zz\r\n\r\n")
        assert status(await connection.rest()) == 400
    assert status(await exchange(web.url, SALE)) == 200
    assert all(record.exc_info is None for record in caplog.records)


async def test_answers_of_strangers_name_no_server(web: Web) -> None:
    for make in ODD.values():
        answer = await exchange(web.url, make(WRONG))
        assert not re.search(rb"(?i)^server:|^allow:", answer, re.MULTILINE)
