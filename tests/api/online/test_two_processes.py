"""Two API processes on one database and one data dir give one limit, and sign with one key."""

import asyncio
import shutil
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import jwt
from sqlalchemy import URL

from db.devices import list_devices
from db.engine import Database, open_engine
from embedded.ports import HOST, NO_TLS, free_ports
from tests.support.online import PRODUCTS, sell
from tests.support.processes import Running, start
from tests.support.waiting import until

UVICORN = (sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app", "--host", HOST)


async def answers(http: httpx.AsyncClient, url: str, process: Running) -> None:
    async def lives() -> bool | None:
        assert process.process.returncode is None, process.output()
        try:
            return (await http.get(f"{url}/healthz")).is_success or None
        except httpx.TransportError:
            return None

    await until(lives, "the API answers")


async def activated(http: httpx.AsyncClient, url: str, wish: dict[str, str]) -> dict[str, Any]:
    """Ask until there is a verdict, as an app does: a busy machine may need more time."""

    async def ask() -> dict[str, Any] | None:
        answer = await http.post(f"{url}/v1/activate", json=wish)
        assert answer.status_code in {200, 503}, answer.text
        return answer.json() if answer.status_code == 200 else None

    return await until(ask, "the activation is answered")


async def test_20_devices_at_once_find_three_places(sqlite: URL, tmp_path: Path) -> None:
    shutil.copyfile(str(sqlite.database), tmp_path / "mintpost.db")
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    file = URL.create("sqlite", database=str(tmp_path / "mintpost.db"))
    database = Database(open_engine(file, patience_seconds=60))
    license_ = sell(database, device_limit=3)
    environment = {
        "DATA_DIR": str(tmp_path),
        "PRODUCTS_FILE": str(tmp_path / "products.yaml"),
        "GUMROAD_WEBHOOK_SECRET": "secret-of-both-processes",
        "TEMPORAL_ADDRESS": f"{HOST}:1",
    }
    ports = free_ports(2)
    async with AsyncExitStack() as stack:
        http = httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=60)
        await stack.enter_async_context(http)
        processes: list[Running] = []
        urls = [f"http://{HOST}:{port}" for port in ports]
        for port in ports:
            folder = tmp_path / f"{port}"
            folder.mkdir()
            begun = start(*UVICORN, "--port", f"{port}", folder=folder, environment=environment)
            processes.append(await stack.enter_async_context(begun))
        for url, process in zip(urls, processes, strict=True):
            await answers(http, url, process)
        given = await asyncio.gather(
            *(
                activated(http, urls[number % 2], {"key": license_.key, "device": f"{number}"})
                for number in range(20)
            )
        )
        assert Counter(one["code"] for one in given) == {"VALID": 3, "DEVICE_LIMIT": 17}
        heads = [jwt.get_unverified_header(one["answer"]) for one in given]
        assert len({head["kid"] for head in heads}) == 1
    assert len(database.read_here(list_devices, license_.id)) == 3
    database.dispose()
