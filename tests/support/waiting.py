"""Waits for a condition, never for a fixed time."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 90
"""Long, because a busy machine may leave a test without its turn; a success costs none of it."""
FIRST_LOOK_SECONDS = 0.005
LOOK_SECONDS = 0.05


async def until(
    look: Callable[[], Awaitable[T | None]], what: str, patience_seconds: float = PATIENCE_SECONDS
) -> T:
    """Poll until `look` returns a value. Fails with `what` after the timeout.

    The first looks follow each other quickly, because most conditions come about at once.
    """
    deadline, pause = monotonic() + patience_seconds, FIRST_LOOK_SECONDS
    while monotonic() < deadline:
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(pause)
        pause = min(2 * pause, LOOK_SECONDS)
    raise AssertionError(f"it did not come about that {what}")
