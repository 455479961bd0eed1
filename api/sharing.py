"""Shares one check between all clients that ask at the same time.

Strangers may ask as often as they like.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

R = TypeVar("R")


class Shared(Generic[R]):
    """Runs `look` at most once at a time. Results are not cached."""

    def __init__(self, look: Callable[[], Awaitable[R]]) -> None:
        self.look = look
        self.looking: asyncio.Task[R] | None = None

    async def __call__(self) -> R:
        if self.looking is None:
            self.looking = asyncio.create_task(self._look())
        # A client that leaves must not cancel the check for the others.
        return await asyncio.shield(self.looking)

    async def _look(self) -> R:
        try:
            return await self.look()
        finally:
            self.looking = None
