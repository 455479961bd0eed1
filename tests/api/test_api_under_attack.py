"""Attacks on a real process with few open files allowed."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL

from embedded.ports import HOST, free_ports
from tests.api.bounded import ORDINARY, SALE, UNKNOWN, kept_open
from tests.api.raw_http import exchange, request, status
from tests.support.processes import Running, start
from tests.support.waiting import until

FILES = 256
SILENT = 300
PART = SALE[: -len(ORDINARY)]
LARGEST_LOG = 100_000


@dataclass(frozen=True, slots=True)
class Api:
    url: str
    running: Running


@asynccontextmanager
async def api(template: URL, folder: Path, app: str) -> AsyncIterator[Api]:
    """Start the API as a person does, from a shell with a low limit of open files."""
    shutil.copyfile(str(template.database), folder / "mintpost.db")
    (port,) = free_ports(1)
    uvicorn = f"{sys.executable} -m uvicorn --factory {app}:create_app --port {port}"
    limited = f"ulimit -Sn {FILES // 2} && ulimit -Hn {FILES} && exec {uvicorn}"
    environment = {"DATA_DIR": str(folder), "GUMROAD_WEBHOOK_SECRET": "some-other-secret"}
    async with start("sh", "-c", limited, folder=folder, environment=environment) as running:
        await running.says("Uvicorn running on")
        yield Api(f"http://{HOST}:{port}", running)


@pytest.fixture(scope="module")
async def quick(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """Start one process with short timeouts for all tests. The last test ends it."""
    async with api(sqlite, tmp_path_factory.mktemp("quick"), "tests.api.quick") as started:
        yield started


async def open_silently(url: str, stack: AsyncExitStack, sent: bytes) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    stack.callback(writer.close)
    writer.write(sent)


@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell a process's limits")
async def test_files_are_raised_to_the_hard_limit(sqlite: URL, tmp_path: Path) -> None:
    async with api(sqlite, tmp_path, "api.app") as started:
        limits = await asyncio.to_thread(limits_of, started.running.process.pid)
    (line,) = [each for each in limits.splitlines() if "open files" in each]
    assert line.split()[3:5] == [f"{FILES}", f"{FILES}"]


def limits_of(process: int) -> str:
    return Path(f"/proc/{process}/limits").read_text()


async def test_flood_of_one_line_is_told_with_its_count(quick: Api) -> None:
    for _ in range(100):
        assert status(await exchange(quick.url, b"nonsense\r\n\r\n")) == 400

    async def told() -> bool | None:
        return "times more within" in quick.running.output() or None

    await until(told, "the count is told")
    lines = quick.running.output().splitlines()
    assert len([line for line in lines if "Invalid HTTP request received." in line]) < 20


async def test_connections_that_wait_do_not_stop_sales(quick: Api) -> None:
    half_a_body = kept_open(request("POST", UNKNOWN, body=b"a=1"))[:-1]
    async with AsyncExitStack() as stack:
        for sent in (b"", b"POST /webhooks/gumroad", half_a_body):
            await asyncio.gather(*(open_silently(quick.url, stack, sent) for _ in range(SILENT)))
            for _ in range(3):
                assert status(await exchange(quick.url, SALE)) == 200
        log = quick.running.output()
    assert len(log) < LARGEST_LOG
    assert "too many connections" in log


async def test_sender_that_stalls_does_not_keep_the_process(quick: Api) -> None:
    before = len(quick.running.output())
    async with AsyncExitStack() as stack:
        for sent in (PART, PART + ORDINARY[:100], kept_open(PART), b"POST", b""):
            await open_silently(quick.url, stack, sent)
        assert status(await exchange(quick.url, SALE)) == 200  # The server has read them by now.
        await quick.running.stop(signal.SIGTERM)
        log = quick.running.output()[before:]
    assert log.count("broke off and was not answered") >= 1
    assert "Application shutdown complete" in log
    assert "Traceback" not in log
