"""Serves an app in this process, over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from embedded.ports import HOST

TICK_SECONDS = 0.1
"""As uvicorn's own, because the Date of the answers goes by ticks."""


class QuickServer(uvicorn.Server):
    """Tells when it listens, and ends at once if no request is under way.

    uvicorn itself looks for its end every tenth of a second and then rests for another, and the
    tests start a thousand servers.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()
        self.must_end = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @override
    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self.must_end.wait()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # Closed connections leave the state.
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            await server.wait_closed()
        await self.lifespan.shutdown()

    def end(self) -> None:
        self.should_exit = True
        self.must_end.set()

    @property
    def port(self) -> int:
        number: int = self.servers[0].sockets[0].getsockname()[1]
        return number


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    # uvicorn listens by itself: answers on a socket that was opened for it wait 40 ms for Nagle.
    config = uvicorn.Config(
        app, host=HOST, port=0, log_config=None, lifespan="on", server_header=False
    )
    server = QuickServer(config)
    task = asyncio.create_task(server.serve())
    listens = asyncio.create_task(server.listens.wait())
    try:
        await asyncio.wait((task, listens), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield f"http://{HOST}:{server.port}"
    finally:
        listens.cancel()
        server.end()
        await task
