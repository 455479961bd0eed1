"""The sender retries as Gumroad does, and records the answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import pytest

from api.webhooks import LONGEST_NAMED
from embedded.ports import free_ports
from tests.torture.shops import SHOP
from torture.orders import Order
from torture.plan import PlannedRequest
from torture.traffic import RequestSender, sender_client

ORDER = Order("order", "buyer@example.com", "membership", charge=1)


@asynccontextmanager
async def answering(*statuses: int) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Answer each request with the next status. Yield the address and the received bodies."""
    bodies: list[bytes] = []
    left = iter(statuses)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        bodies.append(await reader.readexactly(length))
        writer.write(f"HTTP/1.1 {next(left)} X\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", bodies


async def sent_to(url: str) -> RequestSender:
    async with sender_client() as http:
        sender = RequestSender(http, url, SHOP, pauses=(0, 0, 0))
        await sender.send(ORDER)
        return sender


async def test_a_failure_is_followed_by_the_same_request_with_its_count() -> None:
    async with answering(503, 500, 200) as (url, bodies):
        sender = await sent_to(url)
    assert [(attempt.status, attempt.last) for attempt in sender.attempts] == [
        (503, False),
        (500, False),
        (200, True),
    ]
    counts = [parse_qs(body.decode()).get("retry_count", ["0"])[0] for body in bodies]
    assert counts == ["0", "1", "2"]
    assert [SHOP.sample.mark_of(body) for body in bodies] == [
        attempt.mark for attempt in sender.attempts
    ]
    assert len(set(map(SHOP.sample.mark_of, bodies))) == 3


@pytest.mark.parametrize("status", [200, 404, 429, 501])
async def test_an_answer_that_is_no_failure_to_gumroad_is_not_retried(status: int) -> None:
    async with answering(status) as (url, _):
        sender = await sent_to(url)
    assert [(attempt.status, attempt.last) for attempt in sender.attempts] == [(status, True)]


async def test_the_sender_gives_up_after_four_attempts() -> None:
    (port,) = free_ports(1)
    sender = await sent_to(f"http://127.0.0.1:{port}")
    assert [attempt.status for attempt in sender.attempts] == [None] * 4
    assert [attempt.last for attempt in sender.attempts] == [False, False, False, True]


async def test_unanswered_orders_are_resent_at_the_end() -> None:
    async with answering(503, 503, 503, 503, 200) as (url, bodies):
        sender = await sent_to(url)
        async with sender_client() as http:
            sender.http = http
            assert await sender.press_resend([PlannedRequest(0, ORDER)]) == 1
            assert await sender.press_resend([PlannedRequest(0, ORDER)]) == 0
    assert len(bodies) == 5


async def test_the_body_of_a_membership_charge_names_the_charge() -> None:
    async with answering(200) as (url, (bodies)):
        await sent_to(url)
    fields = parse_qs(bodies[0].decode())
    assert fields["subscription_id"] == ["membership"]
    assert fields["is_recurring_charge"] == ["true"]


async def test_a_long_request_is_too_long_to_be_named_at_once_and_keeps_its_mark() -> None:
    async with answering(503, 200) as (url, bodies), sender_client() as http:
        sender = RequestSender(http, url, SHOP, pauses=(0,))
        await sender.send(ORDER, is_long=True)
    assert [len(body) > LONGEST_NAMED for body in bodies] == [True, True]
    assert [SHOP.sample.mark_of(body) for body in bodies] == [
        attempt.mark for attempt in sender.attempts
    ]
    assert [parse_qs(body.decode())["sale_id"] for body in bodies] == [["order"], ["order"]]


async def test_pings_are_as_long_as_planned() -> None:
    async with answering(200, 200) as (url, bodies), sender_client() as http:
        await RequestSender(http, url, SHOP).send_all(
            [PlannedRequest(0, ORDER), PlannedRequest(0, ORDER, is_long=True)]
        )
    assert sorted(len(body) > LONGEST_NAMED for body in bodies) == [False, True]
