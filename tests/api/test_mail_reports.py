"""`/webhooks/postmark`: who may report, and which answer makes Postmark repeat a call."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import HTTPException
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.types import Message

from api.assembling import ApiParts
from api.authentication import SENDER, Sender
from api.mail_reports import ReportInbox
from db.engine import Database
from kit.clock import utc_now
from kit.doors.labeled_secrets import MatchedSecret
from mailers.postmark.door import PostmarkDoor
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import exchange, request, status
from tests.db.test_delivery_claims import line, owed, sent
from tests.support.leaks import LeakSearch
from tests.support.outages import connect_to_nothing
from tests.support.postmark_reports import BODIES, body
from tests.support.running import SECRET, running_api

OLDER, NEWER = "older of two secrets", "newer of two secrets"
MESSAGE = BODIES["delivery"]["MessageID"]


@dataclass(frozen=True, slots=True)
class Web:
    url: str
    http: httpx.AsyncClient
    database: Database

    async def report(self, content: bytes, secret: str = NEWER) -> httpx.Response:
        query = {"secret": secret}
        return await self.http.post(f"{self.url}/webhooks/postmark", params=query, content=content)


@pytest.fixture
async def web(database: Database, tmp_path: Path, leak_search: LeakSearch) -> AsyncIterator[Web]:
    leak_search.keep_private(OLDER, NEWER)
    parts = ApiParts(
        database,
        {"gumroad": Gumroad((SECRET,))},
        connect_to_nothing,
        Spool(tmp_path / "spool"),
        mail_doors={"postmark": PostmarkDoor((OLDER, NEWER))},
    )
    async with running_api(parts) as url, httpx.AsyncClient() as http:
        yield Web(url, http, database)


async def test_a_report_is_recorded_before_the_answer(web: Web) -> None:
    sent(web.database, owed(web.database), MESSAGE)
    for secret in (NEWER, OLDER):
        answer = await web.report(body("delivery"), secret)
        assert (answer.status_code, answer.json()) == (200, {"recorded": True})
    assert line(web.database).status == "delivered"
    address = web.url.replace("://", f"://any:{NEWER.replace(' ', '%20')}@")
    answer = await web.http.post(f"{address}/webhooks/postmark", content=body("hard_bounce"))
    assert answer.json() == {"recorded": True}
    assert line(web.database).status == "bounced"


async def test_what_will_never_be_recorded_is_answered_200_so_that_it_is_not_repeated(
    web: Web,
) -> None:
    for content in (body("delivery"), b"{}", b"", b"no JSON", b" " * 1024 * 1024 + b"{}"):
        answer = await web.report(content)
        assert (answer.status_code, answer.json()) == (200, {"recorded": False})


async def test_a_stranger_gets_what_an_unknown_path_gets(web: Web) -> None:
    delivery = owed(web.database)
    sent(web.database, delivery, MESSAGE)
    for method in ("GET", "POST", "PUT", "OPTIONS"):
        unknown = await exchange(web.url, request(method, "/no/such/path", body=body("delivery")))
        assert status(unknown) == 404
        for query in ("", "?secret=", "?secret=wrong", f"?secret={SECRET}"):
            target = f"/webhooks/postmark{query}"
            answer = await exchange(web.url, request(method, target, body=body("delivery")))
            assert answer == unknown, (method, query)
    assert line(web.database).status == "accepted"


async def test_the_secret_of_the_mailer_opens_no_shop(web: Web) -> None:
    query = {"secret": NEWER}
    answer = await web.http.post(f"{web.url}/webhooks/gumroad", params=query, content=b"a=1")
    assert answer.status_code == 404


async def test_own_trouble_is_answered_503_so_that_the_call_is_repeated(web: Web) -> None:
    sent(web.database, owed(web.database), MESSAGE)
    for there, hidden in (("mail_reports", "hidden"), ("hidden", "mail_reports")):
        web.database.write_here(Session.execute, text(f"ALTER TABLE {there} RENAME TO {hidden}"))
        answer = await web.report(body("delivery"))
        assert answer.status_code == (503 if hidden == "hidden" else 200)
    assert line(web.database).status == "delivered"


async def test_a_refused_call_is_told_with_its_cause(web: Web) -> None:
    await web.report(body("delivery"), "wrong")
    ready = await web.http.get(f"{web.url}/readyz")
    (told,) = [each for each in ready.json()["warnings"] if "postmark" in str(each)]
    assert "its secret is not the setting's" in str(told)
    assert "save the webhook at Postmark once more" in str(told)


def call(content: bytes, source: str = "postmark") -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": content}

    sender = Sender(source, MatchedSecret(0, "live"), utc_now())
    return Request({"type": "http", "headers": [], SENDER: sender}, receive)


async def test_a_call_that_waits_too_long_is_answered_503(database: Database) -> None:

    full = asyncio.Semaphore(0)
    inbox = ReportInbox(PostmarkDoor((NEWER,)), database, timedelta(milliseconds=1), full)
    assert (await inbox.receive(call(body("delivery")))).status_code == 503


async def test_a_call_that_another_door_admitted_is_refused(database: Database) -> None:
    inbox = ReportInbox(PostmarkDoor((NEWER,)), database)
    with pytest.raises(HTTPException) as refused:
        await inbox.receive(call(body("delivery"), "gumroad"))
    assert refused.value.status_code == 404
