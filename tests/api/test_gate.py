"""The gate before routing: length limits, and equal work for every path."""

import shutil
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import URL
from typing_extensions import override

from api.assembling import ApiParts
from api.gate import LARGEST_HEADERS, LONGEST_PATH, LONGEST_QUERY
from db.engine import Database, open_engine
from db.views.lists import Filters, list_events
from kit.doors import url_secret
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import MatchedSecret
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request
from tests.support.outages import connect_to_nothing
from tests.support.running import running_api

SECRET = "the-gate's-secret"
UNKNOWN = "/no/such/path"
KNOWN = "/webhooks/gumroad"
PATHS = (
    *(KNOWN, "/webhooks/unconfigured", "/webhooks/", "//webhooks/gumroad", "/webhooks%2Fgumroad"),
    *("/", "*", "/healthz", "/readyz", "http://shop.example/webhooks/gumroad", "gumroad"),
)
METHODS = ("GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "DELETE", "BREW")


class Counting(Gumroad):
    """Counts the calls of `screen`."""

    def __init__(self) -> None:
        super().__init__((SECRET, "older"))
        self.asked = 0

    @override
    def screen(self, envelope: Envelope, at: datetime) -> MatchedSecret | None:
        self.asked += 1
        return super().screen(envelope, at)


class Web:
    """An API for requests that store nothing."""

    def __init__(self, database: Database) -> None:
        self.gumroad = Counting()
        self.database = database
        self.url = ""

    async def stored(self) -> int:
        return len(await self.database.read(list_events, Filters()))


@pytest.fixture(scope="module")
async def web(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    folder = tmp_path_factory.mktemp("gate")
    shutil.copyfile(str(sqlite.database), folder / "mintpost.db")
    database = Database(open_engine(URL.create("sqlite", database=str(folder / "mintpost.db"))))
    web = Web(database)
    spool = Spool(folder / "spool")
    async with running_api(
        ApiParts(database, {"gumroad": web.gumroad}, connect_to_nothing, spool)
    ) as web.url:
        yield web
    database.dispose()


def headers_of(size: int) -> str:
    return "X-Filling: " + "x" * size


def query_of(size: int) -> str:
    return f"secret={SECRET}&".ljust(size, "x")


TOO_LONG = {
    "query": (f"?{query_of(LONGEST_QUERY + 1)}", ()),
    "percents": ("?secret=" + "%" * 20_000, ()),
    "secrets": ("?" + "&".join(["secret=a"] * 2_500), ()),
    "sixty-kb": ("?" + query_of(60_000), ()),
    "headers": (f"?secret={SECRET}", (headers_of(LARGEST_HEADERS),)),
    "many-headers": (f"?secret={SECRET}", ("A: b",) * (LARGEST_HEADERS // 6)),
    "credentials": ("", ("Authorization: Basic " + "QUFB" * 3_000,)),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", TOO_LONG)
async def test_what_is_too_long_gets_what_an_unknown_path_gets(
    web: Web, method: str, case: str
) -> None:
    query, headers = TOO_LONG[case]
    unknown = await exchange(web.url, request(method, UNKNOWN))
    asked = web.gumroad.asked
    for path in (UNKNOWN, *PATHS):
        if path != "*":
            answer = await exchange(web.url, request(method, f"{path}{query}", *headers))
            assert answer == unknown, path
    assert web.gumroad.asked == asked  # Refused before authentication.
    assert await web.stored() == 0


async def test_a_path_or_method_that_is_too_long_gets_what_an_unknown_path_gets(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = await exchange(web.url, request("POST", UNKNOWN))
    for path in ("/" + "x" * 60_000, KNOWN + "/" * LONGEST_PATH, "/" + "%C3%A9" * 9_000):
        assert await exchange(web.url, request("POST", f"{path}?secret={SECRET}")) == unknown
    for path in (UNKNOWN, KNOWN, "/healthz"):
        assert await exchange(web.url, request("G" * 60_000, path)) == unknown
    assert max(len(line) for line in caplog.text.splitlines()) < 10 * LONGEST_PATH


async def test_what_is_just_short_enough_is_heard(web: Web) -> None:
    target = f"{KNOWN}?{query_of(LONGEST_QUERY)}"
    fill = headers_of(
        LARGEST_HEADERS - len("Host: shop.example\r\nConnection: close\r\nX-Filling: \r\n")
    )
    asked = web.gumroad.asked
    await exchange(web.url, request("GET", target, fill))
    assert web.gumroad.asked == asked + 1


@pytest.mark.parametrize("query", ["", "?secret=wrong", "?secret=a&secret=b&secret=c&other=d"])
@pytest.mark.parametrize("method", METHODS)
async def test_every_path_costs_the_same_comparisons(
    web: Web, method: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[bytes] = []
    digest = url_secret._digest  # noqa: SLF001 - counted, because a time would be the machine's

    def watched(secret: bytes) -> bytes:
        hashed.append(secret)
        return digest(secret)

    monkeypatch.setattr(url_secret, "_digest", watched)
    costs = {}
    for path in (UNKNOWN, *PATHS):
        hashed.clear()
        before = web.gumroad.asked
        await exchange(web.url, request(method, f"{path}{query}"))
        costs[path] = (web.gumroad.asked - before, len(hashed))
    assert set(costs.values()) == {(1, costs[UNKNOWN][1])}
