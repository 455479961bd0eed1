"""One look for all who ask meanwhile: strangers may ask as often as they like."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

R = TypeVar("R")


class Shared(Generic[R]):
    """Calls `look` once at a time; nothing is remembered after it has ended."""

    def __init__(self, look: Callable[[], Awaitable[R]]) -> None:
        self.look = look
        self.looking: asyncio.Task[R] | None = None

    async def __call__(self) -> R:
        if self.looking is None:
            self.looking = asyncio.create_task(self._look())
        # One who asked and goes away must not take the look from the others.
        return await asyncio.shield(self.looking)

    async def _look(self) -> R:
        try:
            return await self.look()
        finally:
            self.looking = None
