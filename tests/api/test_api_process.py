"""Runs `uvicorn --factory api.app:create_app`, and checks its environment and its log."""

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import URL
from temporalio.client import Client

from api.app import create_app
from embedded.child import Child, spawn
from embedded.ports import HOST, NO_TLS, free_ports
from settings.environment import plain_environment
from tests.api.raw_http import connect, exchange, request, status
from tests.support.outages import Gate
from tests.support.pings import changed, recorded
from tests.support.processes import refuses
from tests.support.waiting import until

SECRET = "secret-of-the-process"


@dataclass(slots=True)
class Process:
    url: str
    child: Child
    gate: Gate

    def log(self) -> str:
        assert self.child.log is not None
        return self.child.log.read_text()

    async def says(self, what: str) -> None:
        async def said() -> bool | None:
            return what in self.log() or None

        await until(said, f"the log says: {what}")


async def start(folder: Path, port: int, **environment: str) -> Child:
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
    return await spawn(
        "api",
        # At this level uvicorn itself would log whole requests.
        [*command, "--host", HOST, "--port", str(port), "--log-level", "trace"],
        {**plain_environment(), "PYTHONUNBUFFERED": "1", **environment},
        directory=folder,
        logs=folder,
    )


async def answers(url: str, child: Child) -> None:
    async def lives() -> bool | None:
        child.require_alive()
        try:
            return status(await exchange(url, request("GET", "/healthz"))) == 200
        except ConnectionError:
            return None

    await until(lives, "the API answers")


@pytest.fixture(scope="module")
async def process(
    sqlite: URL, client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Process]:
    """Start one process for all tests, while Temporal is away."""
    folder = tmp_path_factory.mktemp("process")
    shutil.copyfile(str(sqlite.database), folder / "mintpost.db")
    gate = Gate(client.service_client.config.target_host)
    (port,) = free_ports(1)
    child = await start(
        folder,
        port,
        DATA_DIR=str(folder),
        GUMROAD_WEBHOOK_SECRET=SECRET,
        TEMPORAL_ADDRESS=gate.address,
    )
    url = f"http://{HOST}:{port}"
    try:
        await answers(url, child)
        yield Process(url, child, gate)
    finally:
        await child.stop()
        await gate.close()


def post(query: str, body: bytes = b"") -> bytes:
    form = "Content-Type: application/x-www-form-urlencoded"
    return request("POST", f"/webhooks/gumroad?{query}", form, body=body)


def post_to(target: str) -> bytes:
    return request("POST", target, body=b"a=1")


async def test_pings_are_taken_while_temporal_is_away_and_start_when_it_appears(
    process: Process, client: Client
) -> None:
    order = f"order-{uuid4()}"
    ping = changed(recorded("01"), sale_id=order)
    assert status(await exchange(process.url, post(f"secret={SECRET}", ping))) == 200
    await process.says("Temporal cannot be reached")
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        not_ready = (await http.get(f"{process.url}/readyz")).json()
    await process.gate.open()
    await process.says("sales start again")
    workflow = client.get_workflow_handle(f"gumroad:{order}")
    assert (await workflow.describe()).task_queue == "fulfillment"
    # No later request may start a run, because rows of other tests have the same ids.
    await process.gate.close()
    await workflow.terminate()
    assert set(not_ready) == {"ready", "temporal", "warnings", "oldest_open"}


async def test_access_log_shows_no_query(process: Process) -> None:
    await exchange(process.url, post(f"secret={SECRET}", b"a=1"))
    await exchange(process.url, post("secret=almost-the-secret&other=told"))
    await exchange(process.url, request("GET", f"/nowhere?secret={SECRET}"))

    await process.says("GET /nowhere HTTP")
    log = process.log()
    assert "POST /webhooks/gumroad HTTP" in log
    for told in (SECRET, "almost-the-secret", "secret=", "other", "?"):
        assert told not in log, told


MISTYPED = (
    "/webhooks/gumroad%3Fsecret={}",
    "/webhooks/gumroad%3fsecret%3D{}",
    "/webhooks/gumroad%253Fsecret={}",
    "/webhooks/gumroad%25253Fsecret%25253D{}?x=1",
    "/webhooks/gumroad;secret={}",
    "/webhooks/gumroad&secret={}",
    "/webhooks/gumroad/{}",
    "/webhooks/gumroad/secret={}",
    "/webhooks/gumroad%2F{}",
    "/webhooks/{}",
    "/webhooks/gumroad,{}",
    "/webhooks/gumroad%20{}",
    "/webhooks/gumroad{}",
    "/gumroad/{}",
    "/secret={}",
    "/any:{}@shop.example/webhooks/gumroad",
    "/{}",
)


async def test_access_log_shows_no_secret_that_stands_in_the_path(process: Process) -> None:
    secret = "a-secret-in-the-path"
    for target in MISTYPED:
        for offered in (secret, secret.replace("a", "%61"), SECRET * 2):
            assert status(await exchange(process.url, post_to(target.format(offered)))) == 404
    await exchange(process.url, request("GET", "/the-last-one"))
    await process.says("GET /the-last-one HTTP")
    log = process.log()
    # The API's own advice on refused calls may come by now, and it spells out `?` and `secret=`.
    lines = [line for line in log.splitlines() if " api.refusals: " not in line]
    assert [told for told in (secret, secret[2:], SECRET) if told in log] == []
    assert [told for told in ("secret=", "%", "?", ";") if told in "\n".join(lines)] == []


async def test_client_that_breaks_off_leaves_no_traceback(process: Process) -> None:
    _, writer = await connect(process.url)
    head = (
        f"POST /webhooks/gumroad?secret={SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    )
    writer.write(head.encode() + b"only")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await process.says("broke off")
    assert "Traceback" not in process.log()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://u:hunter2@h/d", "DATABASE_URL is neither"),
        ("TEMPORAL_PROFILE", "nope", "Profile 'nope' not found"),
    ],
)
def test_broken_setting_is_refused_with_a_sentence(
    clean: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    clean.setenv("GUMROAD_WEBHOOK_SECRET", SECRET)
    clean.setenv(name, value)
    sentence = refuses(create_app)
    assert words in sentence
    assert "hunter2" not in sentence


REFUSED = {
    "not-migrated": ({"DATABASE_URL": "sqlite:///empty.db"}, "run `mintpost migrate`"),
    "newer-database": ({"DATABASE_URL": "sqlite:///newer.db"}, "upgrade Mintpost"),
}


@pytest.fixture(scope="module")
async def last_words(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Start a process on each database that it must refuse. Return their output."""

    async def refuse(name: str, environment: dict[str, str]) -> str:
        folder = tmp_path_factory.mktemp(name)
        for file in ("mintpost.db", "newer.db"):
            shutil.copyfile(str(sqlite.database), folder / file)
        with closing(sqlite3.connect(folder / "newer.db")) as newer, newer:
            newer.execute("UPDATE alembic_version SET version_num = '9999'")
        child = await start(folder, 0, **{"DATA_DIR": str(folder), **environment})
        assert await asyncio.wait_for(child.process.wait(), 60) == 1
        assert child.log is not None
        return child.log.read_text()

    outputs = await asyncio.gather(*(refuse(name, REFUSED[name][0]) for name in REFUSED))
    return dict(zip(REFUSED, outputs, strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_process_that_cannot_run_ends_with_a_sentence(
    last_words: dict[str, str], name: str
) -> None:
    words = last_words[name]
    assert REFUSED[name][1] in words.splitlines()[-1]
    assert "Traceback" not in words
