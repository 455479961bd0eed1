"""One API and one worker as processes, with logs, metrics and traces on, and one sale through both.

The tests of this folder read the log, the metrics and the spans of that one sale.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import URL
from temporalio.client import Client

from db.engine import Database, open_engine
from db.views.lists import EventLine, Filters, list_deliveries, list_events
from embedded.ports import HOST, NO_TLS, free_ports
from fakes.postmark import FakePostmark
from kit.metrics_address import API, SDK, WORKER, MetricsAddress
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.faults.conftest import SENDER
from tests.faults.processes import Api, a_worker, api
from tests.support.collector import Collector, collecting
from tests.support.postmark_reports import body
from tests.support.running import PRODUCTS, SECRET, Setup
from tests.support.waiting import until

ORDER = "observed-sale"
NAME = f"gumroad:{ORDER}"
LAST_SPAN = "CompleteWorkflow:FulfillSale"


@dataclass(frozen=True, slots=True)
class Observed:
    """The sale's event, the lines of both processes, and the answers of the three ports."""

    client: Client
    event: EventLine
    lines: dict[str, list[dict[str, Any]]]
    scraped: dict[int, str]
    collector: Collector

    def metrics(self) -> str:
        return "\n".join(self.scraped.values())


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="session")
async def stack(
    client: Client,
    sqlite: URL,
    signer: Signer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Setup]:
    folder = tmp_path_factory.mktemp("observing")
    shutil.copyfile(str(sqlite.database), folder / "mintpost.db")
    database = Database(open_engine(sqlite.set(database=str(folder / "mintpost.db"))))
    (folder / "products.yaml").write_text(PRODUCTS)
    yield Setup(database, client, "fulfillment", folder, signer)
    database.dispose()


@pytest.fixture(scope="session")
async def observed(stack: Setup, collector: Collector) -> Observed:
    address = MetricsAddress(ip_address(HOST), free_ports(1)[0])
    async with AsyncExitStack() as opened:
        postmark = await opened.enter_async_context(FakePostmark())
        environment = _environment(stack, postmark, address, collector)
        worker = await opened.enter_async_context(a_worker(stack, environment, "worker"))
        web = await opened.enter_async_context(api(stack, environment))
        event = await _sold(stack, web)
        await _refused(web)
        await _reported(stack, web)
        await until(lambda: _exists(stack.folder / "worker-health"), "the worker proves its polls")
        scraped = {each: await _scraped(address, each) for each in (API, WORKER, SDK)}
    # Each process has ended, and has sent its last spans before.
    logs = {"api": web.running.output(), "worker": worker.output()}
    lines = {name: [json.loads(line) for line in log.splitlines()] for name, log in logs.items()}
    return Observed(stack.client, event, lines, scraped, collector)


def _environment(
    stack: Setup, postmark: FakePostmark, address: MetricsAddress, collector: Collector
) -> dict[str, str]:
    return {
        "DATABASE_URL": stack.database.engine.url.render_as_string(hide_password=False),
        "DATA_DIR": str(stack.folder),
        "PRODUCTS_FILE": str(stack.folder / "products.yaml"),
        "TEMPORAL_ADDRESS": stack.client.service_client.config.target_host,
        "GUMROAD_WEBHOOK_SECRET": SECRET,
        "POSTMARK_WEBHOOK_SECRET": SECRET,
        "LICENSE_SIGNING_KEY": generate_private_key(),
        "POSTMARK_TOKEN": postmark.token,
        "POSTMARK_API_URL": postmark.url,
        "EMAIL_FROM": SENDER,
        "LOG_FORMAT": "json",
        "METRICS_ADDRESS": address.at(API),
        "WORKER_HEALTH_FILE": str(stack.folder / "worker-health"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        # As Compose hands on a variable that `.env` does not set.
        "OTEL_TRACES_SAMPLER": "",
    }


async def _sold(stack: Setup, web: Api) -> EventLine:
    assert await web.ping(ORDER) == httpx.codes.OK

    async def processed() -> EventLine | None:
        (line,) = await stack.database.read(list_events, Filters(order_id=ORDER))
        return line if line.processed else None

    return await until(processed, "the sale is fulfilled")


async def _refused(web: Api) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        refused = await http.post(f"{web.url}/webhooks/gumroad", params={"secret": "wrong"})
        assert refused.status_code == httpx.codes.NOT_FOUND
        question = {"key": "AAAAA-AAAAA-AAAAA-AAAAA"}
        assert (await http.post(f"{web.url}/v1/validate", json=question)).is_success


async def _reported(stack: Setup, web: Api) -> None:
    """Send Postmark's report that the sale's mail was delivered."""
    (delivery,) = await stack.database.read(list_deliveries, Filters())
    report = body("delivery", MessageID=delivery.message_id)
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        url, query = f"{web.url}/webhooks/postmark", {"secret": SECRET}
        answer = await http.post(url, params=query, content=report)
        assert answer.json() == {"recorded": True}


async def _exists(file: Path) -> bool | None:
    return await asyncio.to_thread(file.exists) or None


async def _scraped(address: MetricsAddress, offset: int) -> str:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        return (await http.get(f"http://{address.at(offset)}/metrics")).text
