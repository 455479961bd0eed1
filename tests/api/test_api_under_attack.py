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

from commands.ports import HOST, free_ports
from tests.api.bounded import ORDINARY, PING, UNKNOWN, kept_open
from tests.api.raw_http import exchange, request, status
from tests.commands.processes import Running, start
from tests.support.waiting import until

FILES = 256
SILENT = 300
PART = PING[: -len(ORDINARY)]
LARGEST_LOG = 100_000


@dataclass(frozen=True, slots=True)
class Api:
    url: str
    running: Running


@asynccontextmanager
async def api(template: URL, folder: Path, app: str = "tests.api.quick") -> AsyncIterator[Api]:
    """Start it as a person does, in a shell that gives it few files."""
    shutil.copyfile(str(template.database), folder / "mintpost.db")
    (port,) = free_ports(1)
    uvicorn = f"{sys.executable} -m uvicorn --factory {app}:create_app --port {port}"
    limited = f"ulimit -Sn {FILES // 2} && ulimit -Hn {FILES} && exec {uvicorn}"
    environment = {"DATA_DIR": str(folder), "GUMROAD_WEBHOOK_SECRET": "some-other-secret"}
    async with start("sh", "-c", limited, folder=folder, environment=environment) as running:
        await running.says("Uvicorn running on")
        yield Api(f"http://{HOST}:{port}", running)


async def open_silently(url: str, stack: AsyncExitStack, sent: bytes) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    stack.callback(writer.close)
    writer.write(sent)


async def test_connections_that_wait_do_not_stop_pings(sqlite: URL, tmp_path: Path) -> None:
    half_a_body = kept_open(request("POST", UNKNOWN, body=b"a=1"))[:-1]
    async with api(sqlite, tmp_path) as started, AsyncExitStack() as stack:
        for sent in (b"", b"POST /webhooks/gumroad", half_a_body):
            await asyncio.gather(*(open_silently(started.url, stack, sent) for _ in range(SILENT)))
            for _ in range(3):
                assert status(await exchange(started.url, PING)) == 200
        log = started.running.output()
    assert len(log) < LARGEST_LOG
    assert "too many connections" in log


@pytest.mark.skipif(sys.platform != "linux", reason="others do not tell a process's limits")
async def test_files_are_raised_to_the_hard_limit(sqlite: URL, tmp_path: Path) -> None:
    async with api(sqlite, tmp_path, "api.app") as started:
        limits = await asyncio.to_thread(limits_of, started.running.process.pid)
    (line,) = [each for each in limits.splitlines() if "open files" in each]
    assert line.split()[3:5] == [f"{FILES}", f"{FILES}"]


def limits_of(process: int) -> str:
    return Path(f"/proc/{process}/limits").read_text()


async def test_sender_that_stalls_does_not_keep_the_process(sqlite: URL, tmp_path: Path) -> None:
    async with api(sqlite, tmp_path) as started, AsyncExitStack() as stack:
        for sent in (PART, PART + ORDINARY[:100], kept_open(PART), b"POST", b""):
            await open_silently(started.url, stack, sent)
        assert status(await exchange(started.url, PING)) == 200  # What came before is read by now.
        await started.running.stop(signal.SIGTERM)
        log = started.running.output()
    assert log.count("broke off and was not answered") >= 1
    assert "Application shutdown complete" in log
    assert "Traceback" not in log


async def test_flood_of_one_line_is_told_with_its_count(sqlite: URL, tmp_path: Path) -> None:
    async with api(sqlite, tmp_path) as started:
        for _ in range(100):
            assert status(await exchange(started.url, b"nonsense\r\n\r\n")) == 400

        async def told() -> bool | None:
            return "times more within" in started.running.output() or None

        await until(told, "the count is told")
        log = started.running.output()
    lines = [line for line in log.splitlines() if "Invalid HTTP request received." in line]
    assert len(lines) < 20
