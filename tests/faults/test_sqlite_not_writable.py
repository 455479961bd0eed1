"""Another user owns SQLite's file. After a `chmod`, all continues without a restart."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from functools import cache
from pathlib import Path
from subprocess import run

import httpx
import pytest
from sqlalchemy import URL
from temporalio.client import Client

from embedded.ports import HOST, NO_TLS, free_ports
from licensing.private_keys import generate_private_key
from tests.support.pings import changed, recorded
from tests.support.processes import WORKER, Running, start
from tests.support.running import FORM, PRODUCTS, SECRET
from tests.support.unwritable import (
    IS_ROOT,
    NAME,
    OTHER,
    TAKEN_AWAY,
    copy_with_log,
    give_back,
    open_to_others,
    take_away,
)
from tests.support.waiting import until

API = (sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app", "--host", HOST)
AS_OTHER = ("setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups")

KEPT_OPEN = {"the-file": 4, "its-log": 4, "its-folder": 0}
"""Connections that read while nothing can be written. None opens in a folder without a log."""

READS = ("/readyz", "/.well-known/jwks.json", "/v1/revocations", "/v1/keys")


@cache
def other_may_run_python() -> bool:
    command = [*AS_OTHER, sys.executable, "-c", "import kit.version, psycopg"]
    with suppress(OSError):
        return run(command, capture_output=True, check=False, cwd="/").returncode == 0  # noqa: S603 - our own python
    return False


@pytest.fixture
def base(sqlite: URL) -> Iterator[Path]:
    if IS_ROOT and not other_may_run_python():
        pytest.skip("run by root, and another user may not run this Python")
    with open_to_others() as base:
        for name in ("database", "data", "api", "worker"):
            (base / name).mkdir()
        copy_with_log(Path(str(sqlite.database)), base / "database")
        (base / "products.yaml").write_text(PRODUCTS)
        give_back(base)
        yield base


def as_other(
    *command: str, folder: Path, environment: dict[str, str]
) -> AbstractAsyncContextManager[Running]:
    before = AS_OTHER if IS_ROOT else ()
    return start(*before, *command, folder=folder, environment=environment)


async def readiness(url: str) -> dict[str, object]:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        answer = await http.get(f"{url}/readyz")
    return {"status": answer.status_code, **answer.json()}


async def ping(url: str) -> int:
    body = changed(recorded("01"), sale_id="put-back-by-another==")
    target = f"{url}/webhooks/gumroad?secret={SECRET}"
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        return (await http.post(target, content=body, headers={"Content-Type": FORM})).status_code


async def ask_until_open(url: str, process: int, connections: int) -> None:
    """Ask at once until the process keeps so many connections, which read the file and no more."""

    async def ask(path: str) -> None:
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
            await http.get(f"{url}{path}")

    async def are_open() -> bool | None:
        await asyncio.gather(*map(ask, READS))
        return True if open_files(process) >= connections else None

    await until(are_open, f"the API keeps {connections} connections")


def open_files(process: int) -> int:
    found = 0
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += link.readlink().name == NAME
    return found


@pytest.mark.parametrize("what", TAKEN_AWAY)
async def test_api_and_worker_continue_without_a_restart_once_the_file_is_writable(
    base: Path, client: Client, what: str
) -> None:
    (port,) = free_ports(1)
    url = f"http://{HOST}:{port}"
    environment = {
        "DATABASE_URL": f"sqlite:///{base}/database/{NAME}",
        "DATA_DIR": str(base / "data"),
        "GUMROAD_WEBHOOK_SECRET": SECRET,
        "LICENSE_SIGNING_KEY": generate_private_key(),
        "PRODUCTS_FILE": str(base / "products.yaml"),
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
    }
    # No run may start, because rows of other tests have the same ids.
    alone = {**environment, "TEMPORAL_ADDRESS": f"{HOST}:1"}
    take_away(base / "database", TAKEN_AWAY[what])
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(
            as_other(*WORKER, folder=base / "worker", environment=environment)
        )
        api = await stack.enter_async_context(
            as_other(*API, "--port", str(port), folder=base / "api", environment=alone)
        )
        await worker.says("cannot be used right now")
        await api.says("Uvicorn running on")
        before = await readiness(url)
        assert await ping(url) == 200
        await api.says("spooled gumroad request")
        await ask_until_open(url, api.process.pid, KEPT_OPEN[what])
        give_back(base / "database")
        await api.says("stored gumroad event 1 from the spool")
        await worker.says("working on task queue")

        async def told() -> bool | None:
            return "database" not in await readiness(url) or None

        await until(told, "/readyz finds nothing wrong with the database")
    assert before["status"] == 503
    assert "the database cannot be" in str(before["database"])
