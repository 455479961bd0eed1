"""What looks again and again, beside the requests: when it is woken, and now and then anyway."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pauses:
    """`idle` between looks when nothing wakes it; `shortest` to `longest` while it fails."""

    idle: timedelta = timedelta(seconds=1)
    shortest: timedelta = timedelta(milliseconds=500)
    longest: timedelta = timedelta(seconds=15)


class Looking(ABC):
    """`look` clears `woken` before it looks, so that what comes meanwhile is looked at next."""

    def __init__(self, pauses: Pauses | None) -> None:
        self.pauses = pauses or Pauses()
        self.woken = asyncio.Event()

    @abstractmethod
    async def look(self) -> bool:
        """Do all that waits; False where something is away."""

    def wake(self) -> None:
        self.woken.set()

    async def run(self) -> None:
        """Look until cancelled. While something is away, what is new does not hurry it."""
        pause = self.pauses.shortest
        while True:
            if await self.look():
                pause = self.pauses.shortest
                await self.rest()
            else:
                await asyncio.sleep(pause.total_seconds())
                pause = min(2 * pause, self.pauses.longest)

    async def rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), self.pauses.idle.total_seconds())
