"""A small Postmark on the loopback: it takes mails, lists them, and fails on demand.

As strict as the real one where that decides a class of error: token, headers, unknown keys,
one recipient. It makes no difference between an address that exists and one that does not.
"""

import asyncio
import json
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

KEYS = frozenset(
    {"From", "To", "ReplyTo", "Subject", "TextBody", "HtmlBody", "MessageStream", "Tag"}
    | {"TrackOpens", "TrackLinks", "Metadata", "Attachments"}
)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def encode(self) -> bytes:
        headers = {"Content-Type": "application/json; charset=utf-8"} | dict(self.headers)
        headers |= {"Content-Length": str(len(self.body))}
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {headers[name]}" for name in headers)]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Reaction:
    """What becomes of one POST: whether the mail is `kept`, and how the connection ends.

    `answer` sends `reply`, or the usual one; `hang` stays silent until the client leaves;
    `close` sends `raw` and ends the connection; `reset` breaks it.
    """

    kept: bool
    end: Literal["answer", "hang", "close", "reset"] = "answer"
    reply: Reply | None = None
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that Postmark has: its buyer gets it, whatever the sender was told."""

    message_id: str
    message: dict[str, Any]
    received_at: datetime

    @property
    def delivery(self) -> str:
        return str(self.message["Metadata"]["delivery"])


ACCEPT = Reaction(kept=True)
ACCEPT_AND_DROP = Reaction(kept=True, end="close")
ACCEPT_AND_RESET = Reaction(kept=True, end="reset")
ACCEPT_AND_HANG = Reaction(kept=True, end="hang")
DROP = Reaction(kept=False, end="close")
HANG = Reaction(kept=False, end="hang")


def refuse(status: int, code: int, text: str = "Refused.") -> Reaction:
    return Reaction(kept=False, reply=_error(status, code, text))


@dataclass(slots=True)
class FakePostmark:
    """`reactions` are used up one POST each, then `default` holds.

    `unlisted` is how many look-ups still miss every mail: Postmark's own list lags.
    A connection stays open for the next request, as Postmark's does.
    """

    token: str = "server-token"
    default: Reaction = ACCEPT
    reactions: deque[Reaction] = field(default_factory=deque)
    unlisted: int = 0
    requests: list[Request] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    connections: int = 0
    _server: asyncio.Server | None = None
    _clients: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            for client in self._clients:
                client.transport.abort()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("enter the fake first")
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        self.connections += 1
        try:
            while not writer.is_closing():
                request = await _read(reader)
                self.requests.append(request)
                await self._react(request, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # The client left; what it gets no answer to is its own affair.
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _react(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        reaction = self._next(request)
        reply = reaction.reply or self._reply(request, kept=reaction.kept)
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
                writer.write(reply.encode())
                await writer.drain()

    def _next(self, request: Request) -> Reaction:
        if request.method != "POST":
            return ACCEPT
        return self.reactions.popleft() if self.reactions else self.default

    def _reply(self, request: Request, *, kept: bool) -> Reply:
        if request.headers.get("x-postmark-server-token") != self.token:
            return _error(HTTPStatus.UNAUTHORIZED, 10, "The Server Token was invalid.")
        target = urlsplit(request.target)
        match request.method, target.path:
            case "POST", "/email":
                return self._take(request, kept=kept)
            case "GET", "/messages/outbound":
                return self._list(parse_qs(target.query))
        return Reply(HTTPStatus.NOT_FOUND)

    def _take(self, request: Request, *, kept: bool) -> Reply:
        if request.headers.get("content-type") != "application/json":
            return Reply(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        message = json.loads(request.body)
        if unknown := sorted(set(message) - KEYS):
            return _error(422, 403, f"Invalid request field(s): {unknown}.")
        if message["To"].count("@") != 1:
            return _error(422, 300, "Error parsing 'To': one address is expected.")
        mail = Accepted(str(uuid.uuid4()), message, datetime.now(UTC))
        if kept:
            self.accepted.append(mail)
        return _json(
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
            return _error(422, 700, "count and offset are required.")
        stream = query.get("messagestream", ["outbound"])[0]
        wanted = query.get("metadata_delivery", [None])[0]
        hits = [
            _listed(mail)
            for mail in reversed(self.accepted)
            if mail.message["MessageStream"] == stream and wanted in {None, mail.delivery}
        ]
        if self.unlisted > 0:
            self.unlisted -= 1
            hits = []
        return _json({"TotalCount": len(hits), "Messages": hits[: int(query["count"][0])]})


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


def _json(body: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode())


def _error(status: int, code: int, text: str) -> Reply:
    return _json({"ErrorCode": code, "Message": text}, status)
