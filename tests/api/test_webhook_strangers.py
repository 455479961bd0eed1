"""Strangers learn nothing: each gets the answer of an unknown path, byte for byte."""

import base64
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import URL, func, select
from sqlalchemy.orm import Session

from api.assembling import ApiParts
from db.engine import Database, open_engine
from db.tables import EventRow
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request, status
from tests.support.outages import connect_to_nothing
from tests.support.running import running_api

UNKNOWN = "/no/such/path"
RIGHT = "/webhooks/gumroad?secret=newer-secret"
STRANGE = (
    "/webhooks/gumroad",
    "/webhooks/gumroad?secret=",
    "/webhooks/gumroad?secret=wrong",
    "/webhooks/gumroad?secret=newer-secre",
    "/webhooks/gumroad?secret=newer-secret,older-secret",
    "/webhooks/gumroad?Secret=newer-secret",
    "/webhooks/gumroad?%ff=%ff&&==&secret",
    "/webhooks/gumroad/?secret=newer-secret",
    "/webhooks//gumroad?secret=newer-secret",
    "/webhooks/gumroad%2F?secret=newer-secret",
    "/webhooks/Gumroad?secret=newer-secret",
    "/webhooks/unconfigured?secret=newer-secret",
    "/webhooks/?secret=newer-secret",
    "/webhooks",
    "/docs",
    "/openapi.json",
    "/redoc",
    "/healthz/",
)
METHODS = (
    *("GET", "POST", "PUT", "PATCH", "DELETE"),
    *("HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW"),
)


@dataclass(frozen=True, slots=True)
class Web:
    url: str
    database: Database


@pytest.fixture(scope="module")
async def web(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    """Run one API for all tests, because no request here changes anything."""
    file = tmp_path_factory.mktemp("strangers") / "mintpost.db"
    shutil.copyfile(str(sqlite.database), file)
    database = Database(open_engine(URL.create("sqlite", database=str(file))))
    storefronts = {"gumroad": Gumroad(("older-secret", "newer-secret"))}
    parts = ApiParts(database, storefronts, connect_to_nothing, Spool(file.parent / "spool"))
    async with running_api(parts) as url:
        yield Web(url, database)
    database.dispose()


def count_events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EventRow)) or 0


async def assert_nothing_stored(database: Database) -> None:
    assert await database.read(count_events) == 0


@pytest.mark.parametrize("body", [b"", b"seller_id=1"], ids=["bare", "with-body"])
@pytest.mark.parametrize("method", METHODS)
async def test_stranger_gets_what_an_unknown_path_gets(web: Web, method: str, body: bytes) -> None:
    unknown = await exchange(web.url, request(method, UNKNOWN, body=body))
    assert status(unknown) == 404
    for target in STRANGE:
        answer = await exchange(web.url, request(method, target, body=body))
        assert answer == unknown, target
    await assert_nothing_stored(web.database)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "POST"])
async def test_right_secret_with_a_wrong_method_gets_what_an_unknown_path_gets(
    web: Web, method: str
) -> None:
    unknown = await exchange(web.url, request(method, UNKNOWN))
    assert await exchange(web.url, request(method, RIGHT)) == unknown
    await assert_nothing_stored(web.database)


@pytest.mark.parametrize(
    "credentials", ["Basic ", "Basic !", "Bearer newer-secret", "basic", "any:wrong"]
)
async def test_wrong_credentials_get_what_an_unknown_path_gets(web: Web, credentials: str) -> None:
    if ":" in credentials:
        credentials = "Basic " + base64.b64encode(credentials.encode()).decode()
    header = f"Authorization: {credentials}"
    unknown = await exchange(web.url, request("POST", UNKNOWN, header, body=b"a=1"))
    answer = await exchange(web.url, request("POST", "/webhooks/gumroad", header, body=b"a=1"))
    assert answer == unknown
    await assert_nothing_stored(web.database)


@pytest.mark.parametrize("host", ["[", "shop.example?x", "shop.example#x", "a b", ""])
async def test_odd_host_gets_what_an_unknown_path_gets(web: Web, host: str) -> None:
    def post(target: str) -> bytes:
        head = f"POST {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        return f"{head}Content-Length: 3\r\n\r\na=1".encode()

    unknown = await exchange(web.url, post(UNKNOWN))
    assert await exchange(web.url, post("/webhooks/gumroad?secret=wrong")) == unknown


async def test_body_that_nobody_reads_leaves_the_connection_as_an_unknown_path_does(
    web: Web,
) -> None:
    async def two_requests(target: str) -> bytes:
        first = request("POST", target, body=b"x" * 100_000).replace(b"Connection: close\r\n", b"")
        return await exchange(web.url, first + request("GET", UNKNOWN))

    assert await two_requests(STRANGE[2]) == await two_requests(UNKNOWN)


async def test_stranger_who_expects_100_gets_none(web: Web) -> None:
    expect = ("Expect: 100-continue", "Content-Length: 5")
    unknown = await exchange(web.url, request("POST", UNKNOWN, *expect))
    assert status(unknown) == 404
    assert await exchange(web.url, request("POST", STRANGE[2], *expect)) == unknown


async def test_upgrade_to_a_websocket_gets_what_an_unknown_path_gets(web: Web) -> None:
    upgrade = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AA==")
    unknown = await exchange(web.url, request("GET", UNKNOWN, *upgrade))
    assert await exchange(web.url, request("GET", RIGHT, *upgrade)) == unknown
