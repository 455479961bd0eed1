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

DURABLE = ("--db-filename=", "--sqlite-pragma=")
LIGHT = tuple(
    f"--dynamic-config-value=matching.numTaskqueue{way}Partitions=1" for way in ("Read", "Write")
)
"""Each test has a task queue of its own, and needs no four parts of each to share the work."""

GARBAGE = {"GOGC": "400"}
"""The server collects a fourth as often, because it lives for minutes."""


@asynccontextmanager
async def running_temporal(folder: Path, *options: str) -> AsyncIterator[Client]:
    """Start a server whose log is in `folder`, and connect to it.

    The server keeps its runs in memory, which takes a fifth of its work, because no test of it
    outlives it.
    """
    port, ui_port = free_ports(2)
    durable = server_command(folder / "temporal.db", HOST, port, ui_port)
    command = [part for part in durable if not part.startswith(DURABLE)]
    command += ["--headless", *LIGHT, *options]
    environment = {**os.environ, **GARBAGE}
    child = await spawn("temporal", command, environment, directory=None, logs=folder)

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
