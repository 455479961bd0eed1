"""Every client that asks during a check gets the result of that check."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import URL, Engine
from typing_extensions import override

from api.health import Health, health_routes
from api.sharing import Shared
from db.engine import Database, open_engine
from domain.findings import Finding
from embedded.ports import NO_TLS
from relay.spool import Spool
from tests.support.outages import connect_to_nothing
from tests.support.serving import serving

R = TypeVar("R")


class Look:
    """Returns the number of its calls, after its release."""

    def __init__(self) -> None:
        self.calls = 0
        self.let_go = asyncio.Event()

    async def __call__(self) -> int:
        self.calls += 1
        await self.let_go.wait()
        return self.calls


async def test_many_who_ask_at_once_cause_one_look() -> None:
    look = Look()
    shared = Shared(look)
    asking = [asyncio.create_task(shared()) for _ in range(100)]
    await asyncio.sleep(0)
    look.let_go.set()
    assert await asyncio.gather(*asking) == [1] * 100


async def test_the_next_who_asks_gets_a_new_look() -> None:
    look = Look()
    look.let_go.set()
    shared = Shared(look)
    assert [await shared(), await shared()] == [1, 2]


async def test_one_who_goes_away_leaves_the_look_to_the_others() -> None:
    look = Look()
    shared = Shared(look)
    first, second = asyncio.create_task(shared()), asyncio.create_task(shared())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    look.let_go.set()
    assert await second == 1


async def test_all_clients_get_the_failure_and_the_next_check_is_new() -> None:
    async def fail() -> int:
        raise TimeoutError

    shared = Shared(fail)
    for _ in range(2):
        failed = await asyncio.gather(shared(), shared(), return_exceptions=True)
        assert [type(each) for each in failed] == [TimeoutError, TimeoutError]


@pytest.mark.filterwarnings("error")
async def test_failure_that_nobody_waits_for_is_no_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> int:
        raise TimeoutError

    asking = asyncio.create_task(Shared(fail)())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await asyncio.sleep(0)
    del asking
    assert caplog.text == ""


@pytest.mark.parametrize("path", ["/readyz", "/.well-known/jwks.json"])
async def test_a_flood_on_a_public_route_takes_one_database_thread(
    path: str, sqlite: URL, tmp_path: Path
) -> None:
    database = Counting(open_engine(sqlite))
    health = Health(database, await connect_to_nothing(), Spool(tmp_path), probes=(database.probe,))
    app = FastAPI()
    app.include_router(health_routes(health))
    async with (
        serving(app) as url,
        httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http,
    ):
        await asyncio.gather(*(http.get(f"{url}{path}") for _ in range(50)))
    database.dispose()
    assert database.most == 1


class Counting(Database):
    """Counts the reads and probes in progress."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.now = self.most = 0

    @override
    async def _in_thread(self, threads: Executor, work: Callable[[], R]) -> R:
        self.now += 1
        self.most = max(self.now, self.most)
        try:
            return await super()._in_thread(threads, work)
        finally:
            self.now -= 1

    async def probe(self) -> list[Finding]:
        return await self._in_thread(self._readers, list)
