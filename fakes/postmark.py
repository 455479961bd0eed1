"""A small Postmark on the loopback: takes mails, lists them, and fails on demand.

Token, headers, unknown keys and the number of recipients are checked as strictly as by the real
Postmark, because they decide the class of an error. Every address counts as an existing address.
"""

import asyncio
import json
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from fakes.postmark_server import PostmarkServer
from fakes.reactions import (
    ACCEPT,
    Reaction,
    Reply,
    Request,
    error_reply,
    json_reply,
    refuse,
)

KEYS = {
    "From",
    "To",
    "ReplyTo",
    "Subject",
    "TextBody",
    "HtmlBody",
    "MessageStream",
    "Tag",
    "TrackOpens",
    "TrackLinks",
    "Metadata",
    "Attachments",
    "Headers",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that Postmark accepted. The buyer gets the mail even if the sender got an error."""

    message_id: str
    message: dict[str, Any]
    received_at: datetime
    listed_after: timedelta = timedelta(0)
    arrived_at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @property
    def is_listed(self) -> bool:
        return datetime.now(UTC) >= self.received_at + self.listed_after

    @property
    def delivery(self) -> str:
        return str(self.message["Metadata"]["delivery"])


async def tell_nobody(_: Accepted) -> None:
    """Report a mail to no webhook."""


@dataclass(slots=True)
class FakePostmark:
    """The server. Each POST uses up one of `reactions`; after the last, `default` applies.

    `unlisted` is the number of look-ups that still miss every mail. `refused` holds deliveries and
    addresses whose mails are refused for now. `tell` hears of each mail before the sender gets an
    answer. As at Postmark, connections stay open between requests.
    """

    token: str = "server-token"  # noqa: S105 - invented, as all of it
    default: Reaction = ACCEPT
    reactions: deque[Reaction] = field(default_factory=deque)
    unlisted: int = 0
    refused: set[str] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    tell: Callable[[Accepted], Awaitable[None]] = tell_nobody
    connections: int = 0
    server: PostmarkServer = field(default_factory=PostmarkServer)
    _server: asyncio.Server | None = None
    _clients: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            for client in self._clients:
                client.transport.abort()
            serving = [task for task in self._clients.values() if task is not None]
            await asyncio.gather(*serving, return_exceptions=True)
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("enter the fake first")
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    def take_accepted(self) -> tuple[Accepted, ...]:
        """Return the mails accepted so far and forget them. Later mails go to the next caller."""
        taken = tuple(self.accepted)
        self.reactions.clear()
        self.requests.clear()
        self.accepted.clear()
        return taken

    @property
    def is_idle(self) -> bool:
        return not self._clients

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients[writer] = asyncio.current_task()
        self.connections += 1
        try:
            while not writer.is_closing():
                request = await _read(reader)
                self.requests.append(request)
                await self._react(request, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # The client left and needs no answer.
        finally:
            self._clients.pop(writer, None)
            writer.close()

    async def _react(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        reaction = self._next(request)
        if reaction.meanwhile is not None:
            await reaction.meanwhile(request)
        known = len(self.accepted)
        usual = self._reply(request, reaction)
        for mail in self.accepted[known:]:
            await self.tell(mail)
        match reaction.end:
            case "hang":
                await reader.read()
                writer.close()
            case "reset":
                writer.transport.abort()
            case "close":
                writer.write(reaction.raw)
                writer.close()
            case "answer":
                writer.write((reaction.reply or usual).encode())
                await writer.drain()

    def _next(self, request: Request) -> Reaction:
        if request.method != "POST":
            return ACCEPT
        if self.refused and self.refused & {request.delivery, request.to}:
            return refuse(HTTPStatus.SERVICE_UNAVAILABLE, 100)
        return self.reactions.popleft() if self.reactions else self.default

    def _reply(self, request: Request, reaction: Reaction) -> Reply:
        if request.headers.get("x-postmark-server-token") != self.token:
            return error_reply(HTTPStatus.UNAUTHORIZED, 10, "The Server Token was invalid.")
        target = urlsplit(request.target)
        match request.method, target.path:
            case "POST", "/email":
                return self._take(request, reaction)
            case "GET", "/messages/outbound":
                return self._list(parse_qs(target.query))
        told = self.server.reply(target.path, parse_qs(target.query))
        return Reply(HTTPStatus.NOT_FOUND) if told is None else told

    def _take(self, request: Request, reaction: Reaction) -> Reply:
        if request.headers.get("content-type") != "application/json":
            return Reply(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        message = json.loads(request.body)
        if unknown := sorted(set(message) - KEYS):
            return error_reply(422, 403, f"Invalid request field(s): {unknown}.")
        if message["To"].count("@") != 1:
            return error_reply(422, 300, "Error parsing 'To': one address is expected.")
        now = datetime.now(UTC)
        lag, arrived = reaction.listed_after, request.arrived_at
        mail = Accepted(str(uuid.uuid4()), message, now, lag, arrived)
        if reaction.kept:
            self.accepted.append(mail)
        return json_reply(
            {
                "To": message["To"],
                "SubmittedAt": mail.received_at.isoformat(),
                "MessageID": mail.message_id,
                "ErrorCode": 0,
                "Message": "OK",
            }
        )

    def _list(self, query: dict[str, list[str]]) -> Reply:
        if not {"count", "offset"} <= query.keys():
            return error_reply(422, 700, "count and offset are required.")
        stream = query.get("messagestream", ["outbound"])[0]
        wanted = query.get("metadata_delivery", [None])[0]
        hits = [
            _listed(mail)
            for mail in reversed(self.accepted)
            if mail.is_listed
            and mail.message["MessageStream"] == stream
            and wanted in {None, mail.delivery}
        ]
        if self.unlisted > 0:
            self.unlisted -= 1
            hits = []
        return json_reply({"TotalCount": len(hits), "Messages": hits[: int(query["count"][0])]})


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


def _listed(mail: Accepted) -> dict[str, object]:
    return {
        "MessageID": mail.message_id,
        "MessageStream": mail.message["MessageStream"],
        "Recipients": [mail.message["To"]],
        "ReceivedAt": mail.received_at.isoformat(),
        "Subject": mail.message["Subject"],
        "Status": "Sent",
        "Metadata": mail.message["Metadata"],
    }
