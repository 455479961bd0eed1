"""Counts by name in fixed windows of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

MOST_NAMES = 50_000
"""Strangers may have any number of addresses. Beyond this, the oldest window is forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many, in each window of this length."""

    amount: int
    window: timedelta


@dataclass(slots=True)
class Window:
    ends_at: float
    count: int = 0


@dataclass(slots=True)
class Windows:
    """Counts for one rate, by a clock that nobody sets back."""

    rate: Rate
    clock: Callable[[], float] = monotonic
    # All windows last equally long, so the first one ends first.
    opened: dict[str, Window] = field(default_factory=dict, init=False)

    def seconds_to_wait(self, name: str) -> int:
        """Return the pause until the name may be counted again; 0 if it may now."""
        window, now = self.opened.get(name), self.clock()
        if window is None or window.ends_at <= now or window.count < self.rate.amount:
            return 0
        return max(1, round(window.ends_at - now))

    def count(self, name: str) -> None:
        now = self.clock()
        window = self.opened.get(name)
        if window is None or window.ends_at <= now:
            self.opened.pop(name, None)
            self._forget(now)
            window = self.opened[name] = Window(now + self.rate.window.total_seconds())
        window.count += 1

    def _forget(self, now: float) -> None:
        while self.opened:
            name, oldest = next(iter(self.opened.items()))
            if oldest.ends_at > now and len(self.opened) < MOST_NAMES:
                return
            del self.opened[name]
