"""Waits until a round has nothing left to do, and gives up where that never comes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class QuietPatience:
    """In seconds. `unmoved`: without any change. `longest`, and `per_sale`: whatever changes.

    The watcher of lost runs takes up to two minutes.
    """

    look: float = 0.2
    unmoved: float = 150.0
    longest: float = 600.0
    per_sale: float = 1.0


PATIENCE = QuietPatience()


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to do; `mailed` counts the deliveries that are done, however often."""

    open_rows: int
    spooled: int
    is_mailing: bool
    mailed: int

    @property
    def is_nothing(self) -> bool:
        return not (self.open_rows or self.spooled or self.is_mailing)

    @property
    def moved(self) -> object:
        """What changes where something gets done: the same mail again and again is nothing."""
        return self.open_rows, self.spooled, self.mailed


async def until_quiet(
    look: Callable[[], Awaitable[Left]], sales: int, patience: QuietPatience
) -> bool:
    """Return False where nothing moves any more, or where it will not end."""
    since = monotonic()
    end = since + patience.longest + patience.per_sale * sales
    seen: object = None
    while not (left := await look()).is_nothing:
        now = monotonic()
        if left.moved != seen:
            seen, since = left.moved, now
        if now >= min(since + patience.unmoved, end):
            return False
        await asyncio.sleep(patience.look)
    return True
