"""Decides if a mail was sent: with real sockets, and for each exception of httpx."""

import asyncio
import socket
from contextlib import aclosing
from datetime import timedelta

import httpx
import pytest

from domain.error_branches import MintpostError
from domain.errors import DeliveryInDoubtError, MailerAwayError, MailerRefusesError
from mailers.base import Email
from mailers.postmark.service import PostmarkAccount, PostmarkEmailService

SOON = timedelta(milliseconds=400)


async def test_the_whole_call_has_one_deadline_however_steadily_it_drips(email: Email) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aclosing(_calling(f"http://127.0.0.1:{port}")) as mailer:
        with pytest.raises(DeliveryInDoubtError, match=r"in time \(TimeoutError\)"):
            await mailer.send(email, SOON)


async def test_a_closed_port_is_surely_not_sent(email: Email) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with aclosing(_calling(f"http://127.0.0.1:{port}")) as mailer:
        with pytest.raises(MailerAwayError, match="cannot be reached"):
            await mailer.send(email)
        with pytest.raises(DeliveryInDoubtError, match="cannot be reached"):
            await mailer.find(email.mark)


async def test_a_handshake_that_nobody_answers_is_surely_not_sent(email: Email) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aclosing(_calling(f"https://127.0.0.1:{port}")) as mailer:
        with pytest.raises(MailerAwayError, match="ConnectTimeout"):
            await mailer.send(email, SOON)


@pytest.mark.parametrize(
    ("failure", "sending", "asking"),
    [
        (httpx.ConnectError(""), MailerAwayError, DeliveryInDoubtError),
        (httpx.ConnectTimeout(""), MailerAwayError, DeliveryInDoubtError),
        (httpx.PoolTimeout(""), MailerAwayError, DeliveryInDoubtError),
        (httpx.ProxyError(""), MailerRefusesError, MailerRefusesError),
        (httpx.UnsupportedProtocol(""), MailerRefusesError, MailerRefusesError),
        (httpx.LocalProtocolError(""), MailerRefusesError, MailerRefusesError),
        (httpx.InvalidURL(""), MailerRefusesError, MailerRefusesError),
        (ExceptionGroup("", [OverflowError()]), MailerRefusesError, MailerRefusesError),
        (httpx.WriteTimeout(""), DeliveryInDoubtError, DeliveryInDoubtError),
        (httpx.WriteError(""), DeliveryInDoubtError, DeliveryInDoubtError),
        (httpx.ReadTimeout(""), DeliveryInDoubtError, DeliveryInDoubtError),
        (httpx.ReadError(""), DeliveryInDoubtError, DeliveryInDoubtError),
        (httpx.RemoteProtocolError(""), DeliveryInDoubtError, DeliveryInDoubtError),
        (httpx.DecodingError(""), DeliveryInDoubtError, DeliveryInDoubtError),
        (TimeoutError(), DeliveryInDoubtError, DeliveryInDoubtError),
        (RuntimeError("client closed"), DeliveryInDoubtError, DeliveryInDoubtError),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_each_exception_of_a_call_tells_if_the_mail_was_sent(
    failure: Exception, sending: type[MintpostError], asking: type[MintpostError], email: Email
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    account = PostmarkAccount("hush", "shop@example.org")
    async with aclosing(PostmarkEmailService(account, httpx.MockTransport(fail))) as mailer:
        with pytest.raises(sending) as sent:
            await mailer.send(email)
        with pytest.raises(asking) as asked:
            await mailer.find(email.mark)

    assert sent.value.__cause__ is None
    assert asked.value.__suppress_context__


def _calling(url: str) -> PostmarkEmailService:
    return PostmarkEmailService(PostmarkAccount("hush", "shop@example.org", api_url=url))
