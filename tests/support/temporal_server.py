"""A Temporal server of the tests, on free ports."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from embedded.child import spawn
from embedded.ports import HOST, free_ports
from embedded.temporal_server import server_command
from tests.support.waiting import until


@asynccontextmanager
async def running_temporal(folder: Path, *options: str) -> AsyncIterator[Client]:
    """Start a server whose file and log are in `folder`, and connect to it."""
    port, ui_port = free_ports(2)
    command = [*server_command(folder / "temporal.db", HOST, port, ui_port), "--headless", *options]
    child = await spawn("temporal", command, os.environ, directory=None, logs=folder)

    async def connected() -> Client | None:
        child.require_alive()
        try:
            return await Client.connect(f"{HOST}:{port}")
        except RuntimeError:
            return None

    try:
        yield await until(connected, "Temporal answers")
    finally:
        await child.kill()  # An orderly stop would take 10 s.
