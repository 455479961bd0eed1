"""A receiver of alerts on the loopback, which may refuse, hang or redirect."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.serving import serving
from tests.support.waiting import until

TOKEN = "a-token-of-the-receiver"


@dataclass(slots=True)
class Receiver:
    """`answers` are the statuses of the next answers, 200 after them; 0 hangs until the end."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    answers: list[int] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: Request) -> Response:
        self.calls += 1
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            await self.ended.wait()
        if status == 200:
            self.bodies.append(await request.json())
        return Response("ok", status, {"Location": self.url})

    def causes(self) -> list[list[str]]:
        """Return the causes of each digest in order; a closing note has none."""
        return [[each["cause"] for each in body["alerts"]] for body in self.bodies]

    async def got(self, count: int) -> list[dict[str, Any]]:
        async def arrived() -> list[dict[str, Any]] | None:
            return self.bodies if len(self.bodies) >= count else None

        return await until(arrived, f"{count} digests arrive")


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = Starlette(routes=[Route(f"/hooks/{TOKEN}", receiver.take, methods=["POST"])])
    async with serving(app) as url:
        receiver.url = f"{url}/hooks/{TOKEN}"
        yield receiver
        receiver.ended.set()
