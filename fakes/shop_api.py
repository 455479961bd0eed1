"""The base of the fakes of shops' APIs: checks the key, and answers from what it was given.

A shop's own fake adds the words of its refusals, and the parts that its answers compute.
"""

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from fakes.reactions import Reply, json_reply
from fakes.shop_faults import Fault, Faulty, edited, target_of

USUAL = Fault()
Target = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Refusals:
    """The shop's answers to a request that it does not grant, in the shop's own words."""

    no_key: Reply
    wrong_key: Reply
    lacks_right: Reply
    not_found: Reply
    no_header: Reply = field(default_factory=lambda: json_reply({"error": "header missing"}, 400))


@dataclass(slots=True)
class FakeShopApi:
    """Both sides of the shop: the side of the key decides which answers there are.

    `faults` are used up first, one for each request; then `always` applies. `lacking` are the
    beginnings of paths for which the keys have no right. `asked` are the targets of all requests,
    and `granted` of those that had a good key and no fault.
    """

    refusals: ClassVar[Refusals]
    headers: ClassVar[Mapping[str, str]] = {}
    """The headers that each request must have beside its key."""

    keys: dict[str, str] = field(
        default_factory=lambda: {"live": "live-api-key", "test": "test-api-key"}
    )
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault = USUAL
    lacking: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    granted: list[str] = field(default_factory=list)
    answers: dict[tuple[str, Target], bytes] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Mount("/", self.serve)])

    def add(self, target: str, body: bytes, side: str = "live") -> None:
        """Answer the target, a path with its query, with this body. A later body replaces it."""
        self.answers[side, plain_target(target)] = body

    def keep_newest(self, answers: Iterable[tuple[str, bytes]], side: str = "live") -> None:
        """Add the answers about a made-up event. An object that changes keeps its newest state."""
        for target, body in answers:
            known = self.answers.get((side, plain_target(target)))
            if known is None or self.state_time(known) <= self.state_time(body):
                self.add(target, body, side)

    def state_time(self, body: bytes) -> str:  # noqa: ARG002 - for shops whose objects change
        """Return the time of the state in an answer, in a form that compares like the time."""
        return ""

    def load(self, directory: Path) -> None:
        """Add the answers of a directory whose `index.json` says which request each answers."""
        for entry in json.loads((directory / "index.json").read_bytes()):
            if entry.get("status") == HTTPStatus.OK:
                target = entry["request"].removeprefix("GET ")
                self.add(target, (directory / entry["file"]).read_bytes(), entry["key"])

    def reply(self, side: str, target: str) -> Reply:
        """Return the usual answer. A shop overrides this for answers that it computes."""
        body = self.answers.get((side, plain_target(target)))
        return self.refusals.not_found if body is None else Reply(200, body)

    def empty_page(self, page: dict[str, Any]) -> dict[str, Any]:
        """Return the page of a list without its entries, although the shop says that it has."""
        raise NotImplementedError

    def endless_page(self, page: dict[str, Any]) -> dict[str, Any]:
        """Return the page of a list as if another page always followed it."""
        raise NotImplementedError

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        target = target_of(request)
        self.asked.append(target)
        fault = self.faults.popleft() if self.faults else self.always
        reply = fault.reply or self._paged(self.answered(request.headers, target), fault)
        if fault == USUAL and reply.status == HTTPStatus.OK:
            self.granted.append(target)
        await Faulty(reply, fault)(scope, receive, send)

    def _paged(self, reply: Reply, fault: Fault) -> Reply:
        match fault.page:
            case "empty":
                return edited(reply, self.empty_page)
            case "endless":
                return edited(reply, self.endless_page)
            case None:
                return reply

    def answered(self, headers: Mapping[str, str], target: str) -> Reply:
        """Refuse as the shop does, before it looks for anything.

        Names of `headers` are in lower case, or their case does not count.
        """
        authorization = headers.get("authorization")
        if authorization is None:
            return self.refusals.no_key
        sides = [side for side, key in self.keys.items() if authorization == f"Bearer {key}"]
        if not sides:
            return self.refusals.wrong_key
        if any(headers.get(name.lower()) != text for name, text in self.headers.items()):
            return self.refusals.no_header
        if target.startswith(tuple(self.lacking)):
            return self.refusals.lacks_right
        return self.reply(sides[0], target)


def plain_target(target: str) -> Target:
    """Return path and query without the differences that encoding and order make."""
    parts = urlsplit(target)
    return parts.path, tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
