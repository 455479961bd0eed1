"""The revocation list as apps, browsers and caches get it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL
from sqlalchemy.orm import Session

from api.assembling import ApiParts
from api.revocations import RevocationWarnings
from api.signed_lists import PIECE
from db.engine import Database, open_engine
from db.revocations import NewList, keep_list
from embedded.ports import NO_TLS
from relay.spool import Spool
from tests.api.raw_http import exchange, request, status
from tests.db.rows import NOON
from tests.support.outages import connect_to_nothing, database_away
from tests.support.running import running_api

PATH = "/v1/revocations"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def api(database_url: URL, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(open_engine(database_url, patience_seconds=0.1))
    parts = ApiParts(database, {}, connect_to_nothing, Spool(tmp_path / "spool"))
    async with (
        running_api(parts) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, verify=NO_TLS) as http,
    ):
        yield http
    database.dispose()


def keep(database: Database, seq: int, token: str, signed_at: datetime = NOON) -> None:
    def write(session: Session) -> None:
        keep_list(session, NewList(seq, token, 0, signed_at))

    database.write_here(write)


@ON_SQLITE
async def test_the_newest_list_is_served_as_it_was_signed(
    api: httpx.AsyncClient, database: Database
) -> None:
    keep(database, 1, "the.first.list")
    first = await api.get(PATH)
    assert (first.status_code, first.text) == (200, "the.first.list")
    assert first.headers["content-type"] == "application/jwt"
    assert first.headers["cache-control"] == "public, max-age=300"
    assert first.headers["access-control-allow-origin"] == "*"
    long = "a.longer.list" * PIECE
    keep(database, 2, long)
    second = await api.get(PATH)
    assert second.text == long
    assert second.headers["etag"] != first.headers["etag"]


@ON_SQLITE
@pytest.mark.parametrize("known", ["{}", 'W/{}, "another"', '"another",{}', "*"])
async def test_a_list_that_the_asker_has_is_not_sent_again(
    api: httpx.AsyncClient, database: Database, known: str
) -> None:
    keep(database, 1, "the.first.list")
    etag = (await api.get(PATH)).headers["etag"]
    again = await api.get(PATH, headers={"If-None-Match": known.format(etag)})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert again.headers["access-control-allow-origin"] == "*"
    keep(database, 2, "the.second.list")
    assert (await api.get(PATH, headers={"If-None-Match": etag})).text == "the.second.list"


@ON_SQLITE
async def test_head_is_answered_as_get_is_without_the_body(
    api: httpx.AsyncClient, database: Database
) -> None:
    keep(database, 1, "the.first.list")
    got, headed = [
        await exchange(str(api.base_url), request(method, PATH)) for method in ("GET", "HEAD")
    ]
    head, _, body = got.partition(b"\r\n\r\n")
    assert (headed, body) == (head + b"\r\n\r\n", b"the.first.list")
    assert b"content-length: 14\r\n" in head


@ON_POSTGRES
async def test_without_a_list_or_a_database_the_asker_is_told_to_come_again(
    api: httpx.AsyncClient, database: Database, database_url: URL
) -> None:
    answers = [await api.get(PATH)]
    keep(database, 1, "the.first.list")
    await api.get(PATH)
    with database_away(database_url):
        answers.append(await api.get(PATH))
    assert [answer.json()["detail"] for answer in answers] == [
        "no revocation list is signed yet",
        "the revocation list cannot be read right now",
    ]
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert answer.headers["access-control-allow-origin"] == "*"


@ON_SQLITE
async def test_a_browser_may_ask_for_the_list_from_any_page_and_for_nothing_else(
    api: httpx.AsyncClient,
) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    allowed = await api.options(PATH, headers=asked)
    assert (allowed.status_code, allowed.content) == (204, b"")
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert allowed.headers["access-control-allow-headers"] == "If-None-Match"
    for other in ("/healthz", "/.well-known/jwks.json", "/webhooks/gumroad"):
        answer = await api.options(other, headers=asked)
        assert answer.status_code == 404
        got = await api.get(other, headers=asked)
        assert "access-control-allow-origin" not in {**answer.headers, **got.headers}


@ON_SQLITE
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
async def test_other_methods_get_the_answer_of_an_unknown_path(
    api: httpx.AsyncClient, method: str
) -> None:
    url = str(api.base_url)
    unknown = await exchange(url, request(method, "/no/such/path"))
    assert status(unknown) == 404
    for target in (PATH, f"{PATH}/", "/v1", "/v1/", f"{PATH}?seq=1"):
        assert await exchange(url, request(method, target)) == unknown, target


@ON_SQLITE
async def test_readyz_warns_of_a_list_that_is_days_old(database: Database) -> None:
    now = NOON + timedelta(days=2)
    lists = RevocationWarnings(database, clock=lambda: now)
    assert await lists.findings() == []
    keep(database, 1, "the.first.list", NOON)
    (sentence,) = [each.sentence for each in await lists.findings()]
    assert "the newest is of 2026-09-01" in sentence
    keep(database, 2, "the.second.list", NOON + timedelta(minutes=1))
    assert await lists.findings() == []
