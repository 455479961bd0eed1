"""The row of an authenticated request."""

import asyncio
import base64
import logging
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from api.bodies import LONGEST_BODY
from db.requests import NewRequest
from db.views.lists import Filters, list_events
from tests.api.raw_http import connect, request, status
from tests.support.pings import recorded
from tests.support.running import Mintpost
from tests.support.stored import stored_requests
from tests.support.waiting import until

SECRET = "newer-secret"
TELLING = {
    "Authorization": "Basic " + base64.b64encode(b"any:newer-secret").decode(),
    "Cookie": "session=1",
    "X-Auth-Token": "1",
    "X-Api-Key": "1",
    "X-Original-URI": f"/webhooks/gumroad?secret={SECRET}",
    "X-Forwarded-Uri": f"/webhooks/gumroad?secret={SECRET}",
    "X-Rewrite-Url": f"/elsewhere?x=1&secret={SECRET}",
    "Referer": f"https://shop.example/webhooks/gumroad?secret={SECRET}",
}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def stored(web: Mintpost) -> NewRequest:
    (request,) = await web.database.read(stored_requests)
    return request


async def send(web: Mintpost, body: bytes, query: str = f"secret={SECRET}", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"{web.url}/webhooks/gumroad?{query}"
    return (await web.http.post(url, content=body, headers=named)).status_code


@pytest.mark.parametrize("body", [bytes(range(256)), b""], ids=["no-text", "empty"])
async def test_body_is_stored_byte_for_byte_before_200(web: Mintpost, body: bytes) -> None:
    assert await send(web, body) == 200
    event = await stored(web)
    assert (event.body, event.body_bytes) == (body, len(body))


async def test_row_keeps_content_type_sender_and_receive_time(web: Mintpost) -> None:
    before = datetime.now(UTC)
    await send(web, b"a=1", Content_Type="text/odd; charset=x")
    event = await stored(web)
    assert (event.content_type, event.sender) == ("text/odd; charset=x", "127.0.0.1")
    assert before <= event.received_at <= datetime.now(UTC)
    assert (event.source, event.kind) == ("gumroad", "unknown")
    (line,) = await web.database.read(list_events, Filters())
    assert line.outcome is None


@ON_SQLITE
async def test_row_names_the_sale_and_its_product(web: Mintpost) -> None:
    await send(web, recorded("01"), Content_Type="application/x-www-form-urlencoded")
    event = await stored(web)
    assert (event.kind, event.order_id) == ("sale", "HyMdzSI-iPve8n-plNxMHA==")
    assert event.product_id == "fEv7TDvUDEKb-yaNdbudow=="


@ON_SQLITE
async def test_two_requests_with_one_body_are_two_rows(web: Mintpost) -> None:
    await send(web, b"same")
    await send(web, b"same")
    one, other = await web.database.read(stored_requests)
    assert one.request_id != other.request_id


@ON_SQLITE
async def test_headers_that_may_hold_the_secret_are_not_kept(web: Mintpost) -> None:
    # A proxy that rewrites the address repeats the query in another spelling.
    url = f"{web.url}/webhooks/gumroad?a=1&secret={SECRET}"
    answer = await web.http.post(url, headers=TELLING)
    assert answer.status_code == 200
    kept = {name for name, _ in (await stored(web)).headers}
    assert kept.isdisjoint(name.lower() for name in TELLING)


@ON_SQLITE
async def test_header_that_repeats_a_disguised_query_is_not_kept(web: Mintpost) -> None:
    query = "%73ecret=newer%2Dsecret"
    assert await send(web, b"a=1", query, X_Original_URI=f"/webhooks/gumroad?{query}") == 200
    assert query not in str((await stored(web)).headers)


@ON_SQLITE
async def test_harmless_headers_are_kept(web: Mintpost) -> None:
    await send(web, b"a=1", X_Request_Id="17", User_Agent="Gumroad")
    headers = (await stored(web)).headers
    assert ("x-request-id", "17") in headers
    assert ("user-agent", "Gumroad") in headers


@ON_SQLITE
@pytest.mark.parametrize(("secret", "position"), [("older-secret", 0), ("newer-secret", 1)])
async def test_which_of_several_secrets_matched_is_kept(
    web: Mintpost, secret: str, position: int
) -> None:
    assert await send(web, b"a=1", f"secret={secret}") == 200
    assert (await stored(web)).matched_secret == position


@ON_SQLITE
async def test_secret_may_be_the_basic_password(web: Mintpost) -> None:
    url = f"{web.url}/webhooks/gumroad"
    answer = await web.http.post(url, content=b"a=1", auth=httpx.BasicAuth("any", "older-secret"))
    assert answer.status_code == 200
    assert (await stored(web)).matched_secret == 0


@pytest.mark.parametrize("surplus", [0, 1])
async def test_large_body_is_cut_and_its_whole_size_kept(web: Mintpost, surplus: int) -> None:
    body = b"0123456789abcdef" * (LONGEST_BODY // 16) + b"x" * surplus
    assert await send(web, body) == 200
    event = await stored(web)
    assert event.body == body[:LONGEST_BODY]
    assert event.body_bytes == LONGEST_BODY + surplus


@ON_SQLITE
async def test_client_that_breaks_off_mid_body_stores_nothing(
    web: Mintpost, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    _, writer = await connect(web.url)
    head = (
        f"POST /webhooks/gumroad?secret={SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    )
    writer.write(head.encode() + b"only this")
    await writer.drain()
    writer.close()

    async def told() -> bool | None:
        return "broke off" in caplog.text or None

    await until(told, "the log tells that the request broke off")
    assert await web.database.read(stored_requests) == []
    assert all(record.exc_info is None for record in caplog.records)


@ON_SQLITE
async def test_client_that_expects_100_gets_it_and_then_200(web: Mintpost) -> None:
    reader, writer = await connect(web.url)
    target = f"/webhooks/gumroad?secret={SECRET}"
    writer.write(request("POST", target, "Expect: 100-continue", "Content-Length: 5"))
    assert status(await reader.readuntil(b"\r\n\r\n")) == 100
    writer.write(b"hello")
    assert status(await reader.read()) == 200
    writer.close()


async def test_pings_at_the_same_time_are_all_stored(web: Mintpost) -> None:
    bodies = [f"n={number}".encode() for number in range(50)]
    answers = await asyncio.gather(*(send(web, body) for body in bodies))
    assert set(answers) == {200}

    async def stored() -> bool | None:
        """Look for all of them: on a busy machine, some wait in the spool for SQLite's lock."""
        events = await web.database.read(stored_requests)
        assert len(events) <= len(bodies)
        return {event.body for event in events} == set(bodies) or None

    await until(stored, "every ping is stored once")


def test_recorded_pings_are_far_below_the_longest_body() -> None:
    files = (Path(__file__).parent.parent / "data" / "gumroad" / "pings").glob("*.form")
    assert max(file.stat().st_size for file in files) < LONGEST_BODY / 100
