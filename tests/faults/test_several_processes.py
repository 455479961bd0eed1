"""Two APIs and two workers share one PostgreSQL, and one of each is killed meanwhile."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from temporalio.client import Client

from commands.ports import HOST, free_ports
from db.listing import EventLine, Filters, list_events, list_licenses
from licensing.signing import generate_private_key
from tests.commands.processes import WORKER, Running, start
from tests.mailers.fake_postmark import FakePostmark
from tests.support.pings import changed, recorded
from tests.support.running import FORM, PRODUCTS, SECRET, Setup
from tests.support.waiting import until

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SALES = 6


@pytest.fixture
def environment(setup: Setup, client: Client, postmark: FakePostmark) -> dict[str, str]:
    (setup.folder / "products.yaml").write_text(PRODUCTS)
    return {
        "DATABASE_URL": setup.database.engine.url.render_as_string(hide_password=False),
        "DATA_DIR": str(setup.folder),
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "GUMROAD_WEBHOOK_SECRET": SECRET,
        "LICENSE_SIGNING_KEY": generate_private_key(),
        "POSTMARK_TOKEN": postmark.token,
        "POSTMARK_API_URL": postmark.url,
        "EMAIL_FROM": "Lumen <hello@lumenapp.example>",
        "EMAIL_LOOKUP_SECONDS": "5",
    }


@dataclass(frozen=True, slots=True)
class Api:
    url: str
    running: Running

    async def ping(self, order: str) -> int:
        body = changed(recorded("01"), sale_id=order)
        async with httpx.AsyncClient(trust_env=False) as http:
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
        await process.says("Application startup complete")
        yield Api(f"http://{HOST}:{port}", process)


@asynccontextmanager
async def a_worker(setup: Setup, environment: dict[str, str], name: str) -> AsyncIterator[Running]:
    folder = setup.folder / name
    folder.mkdir()
    (folder / "products.yaml").write_text(PRODUCTS)
    async with start(*WORKER, folder=folder, environment=environment) as process:
        await process.says("working on task queue")
        yield process


async def settled(setup: Setup, count: int) -> list[EventLine]:
    async def all_closed() -> list[EventLine] | None:
        found = await setup.database.read(list_events, Filters(limit=1000))
        return found if len(found) == count and all(line.outcome for line in found) else None

    return await until(all_closed, f"{count} rows are closed")


@ON_POSTGRES
async def test_two_of_each_make_one_license_and_one_mail_per_sale(
    setup: Setup, environment: dict[str, str], postmark: FakePostmark
) -> None:
    orders = [f"shared-{number}==" for number in range(SALES)]
    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(api(setup, environment)) for _ in range(2)]
        for name in ("worker-1", "worker-2"):
            await stack.enter_async_context(a_worker(setup, environment, name))
        answers = await asyncio.gather(*(each.ping(order) for order in orders for each in apis))
        events = await settled(setup, 2 * SALES)
    assert set(answers) == {200}
    assert sorted(event.outcome or "" for event in events) == (
        ["duplicate"] * SALES + ["fulfilled"] * SALES
    )
    licenses = await setup.database.read(list_licenses, Filters(limit=1000))
    assert sorted(license_.order_id for license_ in licenses) == sorted(orders)
    assert len(postmark.accepted) == SALES


@ON_SQLITE
async def test_sale_whose_api_is_killed_after_its_answer_is_started_by_the_next_one(
    setup: Setup, environment: dict[str, str], postmark: FakePostmark
) -> None:
    nowhere = {"TEMPORAL_ADDRESS": f"{HOST}:1"}
    async with api(setup, {**environment, **nowhere}) as first:
        assert await first.ping("killed-api==") == 200
        first.running.process.kill()
        await first.running.process.wait()
    async with a_worker(setup, environment, "worker"), api(setup, environment):
        (event,) = await settled(setup, 1)
    assert event.outcome == "fulfilled"
    assert len(postmark.accepted) == 1
