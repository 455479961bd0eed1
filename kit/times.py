"""Times in UTC, as a person and as a program reads them."""

from datetime import UTC, datetime, timedelta

UNITS = (
    ("s", 1, 60),
    ("min", 60, 60),
    ("h", 3600, 48),
    ("days", 86_400, 61),
    ("months", 365 * 86_400 // 12, 24),
    ("years", 365 * 86_400, 0),
)
"""Units with their seconds, and the count from which the next unit is easier to read."""


def moment(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def minute(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"


def day(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d}"


def iso(time: datetime) -> str:
    """Write a time as ISO 8601 with `Z`."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def age(span: timedelta) -> str:
    """Write a span in its largest unit, rounded down: 12 s, 3 min, 47 h, 12 days, 7 months."""
    seconds = max(0, int(span.total_seconds()))
    unit, size = next(
        ((unit, size) for unit, size, most in UNITS if seconds < most * size), UNITS[-1][:2]
    )
    return f"{seconds // size} {unit}"


def ago(time: datetime, now: datetime) -> str:
    """Write the distance to a time: 3 min ago, in 12 days."""
    return f"in {age(time - now)}" if time > now else f"{age(now - time)} ago"


def told(time: datetime, now: datetime) -> str:
    """Write a time with its zone and its age: 2026-11-28 10:14 UTC, 3 min ago."""
    return f"{minute(time)} UTC, {ago(time, now)}"
