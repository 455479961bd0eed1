"""Runs `python worker.py` as a supervisor does."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from domain.errors import DatabaseAwayError
from kit.waiting import retry_until_available
from licensing.private_keys import generate_private_key
from tests.support.pings import changed, recorded
from tests.support.processes import WORKER, refuses, start
from tests.support.running import PRODUCTS, Setup, running
from worker import main
from worker_parts import GRACE
from workflows.names import TASK_QUEUE

SECRETS = ("sekret-token", "sekret-key", "sekret-password", "sekret-api-key")


@dataclass(slots=True)
class SlowPostmark:
    """Takes a mail only after its release. `asked` is set when a mail has come."""

    url: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked.set()
        await self.answer.wait()
        body = json.dumps({"ErrorCode": 0, "Message": "OK", "MessageID": "a-message"})
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"{head}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def slow_postmark() -> AsyncIterator[SlowPostmark]:
    postmark = SlowPostmark()
    server = await asyncio.start_server(postmark.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    postmark.url = f"http://{host}:{port}"
    yield postmark
    postmark.answer.set()
    server.close()
    await server.wait_closed()


@pytest.fixture
def environment(setup: Setup, client: Client, slow_postmark: SlowPostmark) -> dict[str, str]:
    (setup.folder / "products.yaml").write_text(PRODUCTS)
    return {
        "DATABASE_URL": setup.database.engine.url.render_as_string(hide_password=False),
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "LICENSE_SIGNING_KEY": generate_private_key(),
        "POSTMARK_TOKEN": "server-token",
        "POSTMARK_API_URL": slow_postmark.url,
        "EMAIL_FROM": "Lumen <hello@lumenapp.example>",
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sigterm_finishes_the_step_under_way(
    setup: Setup, environment: dict[str, str], slow_postmark: SlowPostmark
) -> None:
    setup.with_worker, setup.task_queue = False, TASK_QUEUE
    async with running(setup) as mintpost:
        async with start(*WORKER, folder=setup.folder, environment=environment) as worker:
            await worker.says("working on task queue")
            await worker.says("signed revocation list 1")
            await worker.says("signed list 1 of answer keys")
            # A new order id, because a run joined by another test would wait for this worker.
            await mintpost.ping(changed(recorded("01"), sale_id="interrupted-worker=="))
            await asyncio.wait_for(slow_postmark.asked.wait(), 30)
            worker.process.send_signal(signal.SIGTERM)
            await worker.says("stopping")
            slow_postmark.answer.set()
            assert await asyncio.wait_for(worker.process.wait(), 30) == 0
        (delivery,) = await mintpost.deliveries()
        assert (delivery.status, delivery.message_id) == ("accepted", "a-message")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_idle_worker_ends_at_once(setup: Setup, environment: dict[str, str]) -> None:
    async with start(*WORKER, folder=setup.folder, environment=environment) as worker:
        await worker.says("working on task queue")
        worker.process.send_signal(signal.SIGTERM)
        # Shorter than the time for a step in progress.
        assert await asyncio.wait_for(worker.process.wait(), GRACE.total_seconds() - 5) == 0
    assert "Traceback" not in worker.output()


async def test_the_worker_waits_for_an_outage_and_can_be_stopped_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    environment = {
        "DATABASE_URL": "postgresql://user:sekret-password@127.0.0.1:1/none",
        "LICENSE_SIGNING_KEY": generate_private_key(),
    }
    async with start(*WORKER, folder=tmp_path, environment=environment) as worker:
        await worker.says("the database cannot be used right now")
        await worker.says("trying again: is it up, and is DATABASE_URL right?")
        assert await worker.stop(signal.SIGTERM) == 0
    assert "sekret" not in worker.output()


@pytest.mark.parametrize(
    ("away", "asked"),
    [
        (DatabaseAwayError("OperationalError"), "DATABASE_URL"),
        (RuntimeError("Failed client connect"), "TEMPORAL_ADDRESS"),
    ],
)
async def test_the_worker_logs_an_outage_once_and_continues_afterwards(
    away: Exception,
    asked: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kit.waiting.AWAY_PAUSE", timedelta(0))
    answers = iter([away, away, away, None])

    async def attempt() -> str:
        if (error := next(answers)) is not None:
            raise error
        return "it is back"

    assert await retry_until_available(attempt) == "it is back"
    (told,) = caplog.messages
    assert f"is it up, and is {asked} right?" in told


def test_the_worker_names_every_broken_setting_at_once_and_no_secret(
    clean: pytest.MonkeyPatch,
) -> None:
    environment = {
        "DATABASE_URL": "postgresql://user:sekret-password@host:sekret-password/name",
        "LICENSE_SIGNING_KEY": "sekret-key",
        "POSTMARK_TOKEN": "sekret-token",
        "POSTMARK_API_URL": "sekret-token",
        "EMAIL_REPLY_TO": "nobody",
        "EMAIL_LOOKUP_SECONDS": "soon",
        "TEMPLATES_DIR": "no-such-folder",
        "TEMPORAL_API_KEY": "sekret-api-key",
        "TEMPORAL_PROFILE": "no-such-profile",
    }
    for name, value in environment.items():
        clean.setenv(name, value)
    said = refuses(main)
    first_words = [line.split()[0].strip(":") for line in said.splitlines()]
    assert sorted(first_words) == [
        "DATABASE_URL",
        "EMAIL_FROM",
        "EMAIL_LOOKUP_SECONDS",
        "EMAIL_REPLY_TO",
        "POSTMARK_API_URL",
        "PRODUCTS_FILE",
        "TEMPLATES_DIR",
        "TEMPORAL_…",
        "the",
    ]
    assert "LICENSE_SIGNING_KEY" in said
    assert not [secret for secret in SECRETS if secret in said]
