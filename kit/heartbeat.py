"""Proves that this worker polls, by a file that a supervisor looks at without starting Python."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from kit.clock import Clock, utc_now
from kit.pollers import LONG_AGO, Pollers

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Heartbeat:
    """Touches `file` every `pause` while Temporal itself says that this worker polls.

    A process that lives proves nothing: its connection may hang, or its threads may stand still.
    """

    file: Path
    client: Client
    task_queue: str
    pause: timedelta = timedelta(seconds=15)
    clock: Clock = utc_now
    trouble: str | None = None

    async def run(self) -> None:
        # A file of an earlier worker would prove nothing about this one.
        with suppress(OSError):
            await asyncio.to_thread(self.file.unlink, missing_ok=True)
        while True:
            if await self.polls():
                await self.touch()
            await asyncio.sleep(self.pause.total_seconds())

    async def polls(self) -> bool:
        """Tell whether Temporal heard of this worker lately. False while Temporal is away."""
        own = Pollers(self.client, self.task_queue, identity=self.client.identity)
        try:
            polled = await own.last_polls()
        except (RPCError, RuntimeError):
            return False
        return min(polled.values()) >= self.clock() - LONG_AGO

    async def touch(self) -> None:
        try:
            await asyncio.to_thread(self.file.touch)
            self.trouble = None
        except OSError as error:
            if self.trouble is None:
                logger.warning(
                    "WORKER_HEALTH_FILE: %s cannot be written: %s. Name a file in a folder that "
                    "this user may write, and restart the worker",
                    self.file,
                    error.strerror,
                )
            self.trouble = error.strerror
