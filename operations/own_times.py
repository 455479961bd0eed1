"""Dates that a person gives to a command."""

from datetime import datetime

from domain.license import end_of_day
from kit.clock import utc_now
from kit.refusals import RefusedError
from kit.written_times import UnclearTimeError, written_time

MOST_YEARS = 100


def last_day(option: str, text: str) -> datetime:
    """Return the end of the named day, which may not be over. Raises RefusedError."""
    try:
        end = end_of_day(written_time(text))
    except UnclearTimeError as unclear:
        raise RefusedError(f"{option} {unclear}") from None
    now = utc_now()
    if end <= now:
        raise RefusedError(f"{option} names a day that is over: name a later day")
    if end.year > now.year + MOST_YEARS:
        raise RefusedError(f"{option} is more than {MOST_YEARS} years ahead: name an earlier day")
    return end
