"""Ends of days, also where a date has no sense or the calendar ends."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from domain.license import Term, end_of_day

FIRST_DAY = datetime(1, 1, 1, 23, 59, 59, tzinfo=UTC)
LAST_DAY = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def day_end(moment: datetime) -> datetime:
    """Return the end of the day in UTC. A license ends with its last day."""
    try:
        return end_of_day(moment)
    except OverflowError:
        return FIRST_DAY if moment.year == FIRST_DAY.year else LAST_DAY


def days_after(moment: datetime, days: int) -> datetime:
    try:
        return day_end(moment + timedelta(days=days))
    except OverflowError:
        return LAST_DAY


def months_after(moment: datetime, months: int) -> datetime:
    try:
        return Term(months).end(moment) or LAST_DAY
    except (OverflowError, ValueError):
        return LAST_DAY


def latest(ends: Iterable[datetime | None]) -> datetime | None:
    """Return the latest of some ends. None never ends, so it is later than all."""
    known = [*ends]
    dated = [end for end in known if end is not None]
    return max(dated) if len(dated) == len(known) else None


def is_later(one: datetime | None, other: datetime | None) -> bool:
    if other is None:
        return False
    return one is None or one > other
