"""Waits for a condition, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 30
LOOK_SECONDS = 0.05


async def until(
    look: Callable[[], Awaitable[T | None]], what: str, patience_seconds: float = PATIENCE_SECONDS
) -> T:
    """Look until there is something; fail with `what` where it does not come about."""
    deadline = monotonic() + patience_seconds
    while monotonic() < deadline:
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(f"it did not come about that {what}")
