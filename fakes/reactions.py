"""The provider's treatment of a mail, and its answers."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal


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
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    arrived_at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @property
    def delivery(self) -> str:
        return str(json.loads(self.body)["Metadata"]["delivery"])

    @property
    def to(self) -> str:
        return str(json.loads(self.body)["To"])


@dataclass(frozen=True, slots=True)
class Reaction:
    """The treatment of one POST. The provider keeps the mail when `kept`.

    `end` names the end of the connection. `answer` sends `reply`, or the usual reply; `hang` stays
    silent until the client leaves; `close` sends `raw` and closes; `reset` breaks the connection.
    `meanwhile` runs first, after the whole request was read. Because Postmark's list lags, the list
    shows the mail only after `listed_after`.
    """

    kept: bool
    end: Literal["answer", "hang", "close", "reset"] = "answer"
    reply: Reply | None = None
    raw: bytes = b""
    meanwhile: Callable[[Request], Awaitable[None]] | None = None
    listed_after: timedelta = timedelta(0)


def json_reply(body: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode())


def error_reply(status: int, code: int, text: str) -> Reply:
    return json_reply({"ErrorCode": code, "Message": text}, status)


ACCEPT = Reaction(kept=True)
ACCEPT_AND_DROP = Reaction(kept=True, end="close")
ACCEPT_AND_RESET = Reaction(kept=True, end="reset")
ACCEPT_AND_HANG = Reaction(kept=True, end="hang")
DROP = Reaction(kept=False, end="close")
HANG = Reaction(kept=False, end="hang")


def refuse(status: int, code: int, text: str = "Refused.") -> Reaction:
    return Reaction(kept=False, reply=error_reply(status, code, text))
