"""The Retry-After header of an HTTP answer."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(hours=1)


def read_retry_after(header: str) -> timedelta | None:
    """Read seconds or an HTTP date; at most LONGEST_WAIT. None: the header tells no wait."""
    try:
        wait = timedelta(seconds=int(header)) if header.isdecimal() else _until(header)
    except (ValueError, OverflowError):
        return None
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def _until(http_date: str) -> timedelta:
    moment = parsedate_to_datetime(http_date)
    # "-0000" is parsed as a time without a zone; HTTP dates are always UTC.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
