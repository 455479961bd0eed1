"""Runs the API and the worker as processes that a test may kill."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from embedded.ports import HOST, NO_TLS, free_ports
from tests.support.pings import changed, recorded
from tests.support.processes import WORKER, Running, start
from tests.support.running import FORM, PRODUCTS, SECRET, Setup


@dataclass(frozen=True, slots=True)
class Api:
    url: str
    running: Running

    async def ping(self, order: str) -> int:
        body = changed(recorded("01"), sale_id=order)
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
            answer = await http.post(
                f"{self.url}/webhooks/gumroad",
                params={"secret": SECRET},
                content=body,
                headers={"Content-Type": FORM},
            )
        return answer.status_code


@asynccontextmanager
async def api(setup: Setup, environment: dict[str, str]) -> AsyncIterator[Api]:
    (port,) = free_ports(1)
    folder = setup.folder / f"api-{port}"
    folder.mkdir()
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
    options = ["--host", HOST, "--port", str(port)]
    async with start(*command, *options, folder=folder, environment=environment) as process:
        await process.says("Uvicorn running on")  # From here on it listens.
        yield Api(f"http://{HOST}:{port}", process)


@asynccontextmanager
async def a_worker(setup: Setup, environment: dict[str, str], name: str) -> AsyncIterator[Running]:
    folder = setup.folder / name
    folder.mkdir()
    (folder / "products.yaml").write_text(PRODUCTS)
    async with start(*WORKER, folder=folder, environment=environment) as process:
        await process.says("working on task queue")
        yield process
