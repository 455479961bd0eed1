"""The worker's file is touched only if Temporal says that this worker polls."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from kit.clock import utc_now
from kit.heartbeat import Heartbeat
from kit.pollers import LONG_AGO
from tests.support.running import Setup, running
from tests.support.waiting import until

MUCH_LATER = LONG_AGO + timedelta(seconds=5)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_polls_of_this_worker_alone_count_and_only_for_a_while(
    setup: Setup, tmp_path: Path
) -> None:
    async with running(setup):
        own = Heartbeat(tmp_path / "own", setup.client, setup.task_queue)

        async def polls() -> bool | None:
            return await own.polls() or None

        await until(polls, "Temporal knows the worker's polls")
        late = Heartbeat(own.file, own.client, own.task_queue, clock=lambda: utc_now() + MUCH_LATER)
        assert not await late.polls()
        address = setup.client.service_client.config.target_host
        another = await Client.connect(address, identity="another worker")
        other = Heartbeat(own.file, another, own.task_queue)
        assert not await other.polls()


async def test_a_file_that_cannot_be_written_is_told_once(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heartbeat = Heartbeat(tmp_path / "no" / "file", client, "a-queue")
    with caplog.at_level(logging.WARNING):
        await heartbeat.touch()
        await heartbeat.touch()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"WORKER_HEALTH_FILE: {heartbeat.file} cannot be written: No such file")
