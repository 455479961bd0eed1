"""The times of a ping. Gumroad writes them in UTC; only a sale and a subscription have some."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from domain.errors import SaleInvalidError
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.gumroad.fields import PingFields

# The time from the first attempt to a retry, by `retry_count` (2026-08).
RETRIED_AFTER = {"1": timedelta(minutes=1), "2": timedelta(minutes=4), "3": timedelta(minutes=14)}
FURTHEST_AHEAD = timedelta(days=10 * 365)
"""Gumroad's longest period has two years (2026-08), and a change waits for the end of a period."""

T = TypeVar("T")


def delay(fields: PingFields) -> timedelta | None:
    """Return the age of a retry's body. A retry repeats the body of the first attempt."""
    try:
        return RETRIED_AFTER.get(fields.text("retry_count"))
    except SaleInvalidError:
        return None


def written_at(fields: PingFields, ping: StoredRequest) -> datetime:
    """Return the time at which Gumroad wrote the body, as far as the arrival shows it."""
    return values.arrival(ping.received_at, ping.read_at) - (delay(fields) or timedelta())


def told_time(
    name: str, fields: PingFields, ping: StoredRequest, *, ahead: timedelta = timedelta()
) -> tuple[datetime | None, str | None]:
    """Return the time in a field, which may lie `ahead` of the arrival, and a note of doubts."""

    def read() -> datetime | None:
        if not (text := fields.text(name)):
            return None
        clocks = ping.received_at, ping.read_at
        return values.moment(name, text, known_at=clocks[0], read_at=clocks[1], ahead=ahead)

    return unless_doubtful(read)


def unless_doubtful(read: Callable[[], T]) -> tuple[T | None, str | None]:
    """Return a part that an event can do without, or a note that says why it was not used."""
    try:
        return read(), None
    except SaleInvalidError as error:
        return None, f"{error.what}, so it was not used"
