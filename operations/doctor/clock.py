"""Compares this machine's clock with others: a token and a signature hold a time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from domain.findings import Finding, broken, ok, unchecked, warning
from kit.clock import Clock, utc_now

CLOCK = "clock"
OFF, FAR_OFF = timedelta(seconds=30), timedelta(seconds=300)
"""A shop's signature is good for 300 s."""
PATIENCE_SECONDS = 8
MEND = "timedatectl set-ntp true"

OtherClock = Callable[[], Awaitable[datetime | None]]
"""Returns the time of another machine; None if it tells none."""


async def look_at_clock(
    others: Mapping[str, OtherClock], clock: Clock = utc_now
) -> Sequence[Finding]:
    """Compare with each other clock, and tell the largest difference."""
    found = await asyncio.gather(*(_difference(each, clock) for each in others.values()))
    known = {name: off for name, off in zip(others, found, strict=True) if off is not None}
    if not known:
        return [unchecked(CLOCK, "no other machine told its time")]
    name, off = max(known.items(), key=lambda each: abs(each[1]))
    return [judged(name, off, tuple(known))]


def judged(name: str, off: timedelta, known: Sequence[str]) -> Finding:
    seconds = round(abs(off.total_seconds()))
    told = f"{seconds} s {'ahead of' if off > timedelta(0) else 'behind'} that of {name}"
    if abs(off) >= FAR_OFF:
        return broken(CLOCK, f"{told}, so signed calls of shops are refused", MEND)
    if abs(off) >= OFF:
        return warning(CLOCK, told, MEND)
    return ok(CLOCK, f"within {OFF.total_seconds():g} s of that of {' and '.join(known)}")


async def _difference(other: OtherClock, clock: Clock) -> timedelta | None:
    """Return how far our clock is ahead, measured at the middle of the question."""
    before = clock()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            told = await other()
    except Exception:  # noqa: BLE001 - the part's own line says what is wrong with it
        return None
    after = clock()
    return None if told is None else before + (after - before) / 2 - told
