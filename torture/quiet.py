"""Waits until a round has nothing left to do, or gives up after a timeout."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class QuietPatience:
    """Timeouts in seconds. `no_progress` ends a wait without progress, the others end any wait.

    The watcher of lost runs needs up to two minutes.
    """

    look: float = 0.2
    no_progress: float = 150.0
    longest: float = 600.0
    per_sale: float = 1.0


PATIENCE = QuietPatience()


@dataclass(frozen=True, slots=True)
class RemainingWork:
    """The work left to do. `mailed` counts deliveries mailed at least once."""

    open_rows: int
    spooled: int
    is_mailing: bool
    mailed: int

    @property
    def is_done(self) -> bool:
        return not (self.open_rows or self.spooled or self.is_mailing)

    @property
    def progress(self) -> object:
        """Return the values that change with progress.

        Another mail of the same delivery is no progress.
        """
        return self.open_rows, self.spooled, self.mailed


async def wait_until_quiet(
    look: Callable[[], Awaitable[RemainingWork]], sales: int, patience: QuietPatience
) -> bool:
    """Return False after a timeout."""
    since = monotonic()
    end = since + patience.longest + patience.per_sale * sales
    seen: object = None
    while not (left := await look()).is_done:
        now = monotonic()
        if left.progress != seen:
            seen, since = left.progress, now
        if now >= min(since + patience.no_progress, end):
            return False
        await asyncio.sleep(patience.look)
    return True
