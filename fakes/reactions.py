"""What a provider makes of one mail, and how it answers or does not."""

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
    """What becomes of one POST: whether the mail is `kept`, and how the connection ends.

    `answer` sends `reply`, or the usual one; `hang` stays silent until the client leaves;
    `close` sends `raw` and ends the connection; `reset` breaks it. `meanwhile` is done before
    anything else, with the whole request in our hands. Postmark's own list lags: the mail is
    `listed_after` that time.
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
