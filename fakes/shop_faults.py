"""The faults of a shop's API, as a fake of it shows them on demand: one for each request."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fakes.reactions import Reply

Page = Literal["empty", "endless"]


@dataclass(frozen=True, slots=True)
class Fault:
    """The treatment of one request. Without a `reply`, the shop gives its usual answer.

    `end` names the end of the connection: `answer` sends the whole reply; `cut` breaks the
    connection in the middle of it; `hang` stays silent until the client leaves. `half` sends the
    first half of the reply as if it were the whole. `page` changes the shop's list: an empty page,
    although more follow, or a list without an end.
    """

    reply: Reply | None = None
    end: Literal["answer", "cut", "hang"] = "answer"
    half: bool = False
    page: Page | None = None


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Return an answer with this status. An underscore in a header's name stands for a dash."""
    named = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Fault(Reply(code, body, named))


def too_many(seconds: int | None = None) -> Fault:
    """Return a 429, with the wished wait where the shop tells one."""
    return status(429) if seconds is None else status(429, Retry_After=str(seconds))


HTML = status(200, b"<html><body>Be right back.</body></html>", Content_Type="text/html")
REDIRECT = status(307, Location="/redirected")
HALF = Fault(half=True)
CUT = Fault(end="cut")
HANG = Fault(end="hang")
EMPTY_PAGE = Fault(page="empty")
ENDLESS = Fault(page="endless")

AWAY: Mapping[str, Fault] = {
    "error": status(500),
    "unavailable": status(503),
    "html": HTML,
    "half": HALF,
    "cut": CUT,
    "redirect": REDIRECT,
    "too many": too_many(1),
}
"""The faults of a shop that is away for a moment, by name. All of them pass by themselves."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """Sends a reply as the fault says. It is an app, because a cut answer needs the connection."""

    reply: Reply
    fault: Fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match self.fault.end:
            case "hang":
                await _until_the_client_leaves(receive)
            case "cut":
                await _cut(self.reply, send)
            case "answer":
                body = self.reply.body
                sent = body[: len(body) // 2] if self.fault.half else body
                await _response(self.reply, sent)(scope, receive, send)


async def _until_the_client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(reply: Reply, send: Send) -> None:
    """Return before the answer is whole, so that the server closes the connection."""
    await send({"type": "http.response.start", "status": reply.status, "headers": []})
    half = reply.body[: len(reply.body) // 2]
    await send({"type": "http.response.body", "body": half or b"{", "more_body": True})


def _response(reply: Reply, body: bytes) -> Response:
    headers = {"Content-Type": "application/json", **dict(reply.headers)}
    return Response(body, reply.status, headers)


def edited(reply: Reply, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Reply:
    """Return the reply with its JSON object changed; unchanged if it is no success."""
    if reply.status != HTTPStatus.OK:
        return reply
    return Reply(reply.status, json.dumps(edit(json.loads(reply.body))).encode(), reply.headers)


def target_of(request: Request) -> str:
    """Return path and query as the client wrote them."""
    path = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path
