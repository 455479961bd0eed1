"""Times in UTC, as a person and as a program reads them."""

from datetime import UTC, datetime, timedelta

UNITS = (
    (("s", "s"), 1, 60),
    (("min", "m"), 60, 60),
    (("h", "h"), 3600, 48),
    (("days", "d"), 86_400, 61),
    (("months", "mo"), 365 * 86_400 // 12, 24),
    (("years", "y"), 365 * 86_400, 0),
)
"""Units, also in short, with their seconds, and the count from which the next reads better."""


def moment(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def minute(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"


def without_year(time: datetime, now: datetime) -> str:
    """Write a time of the last months without its year, and an older one without its hour."""
    recent = abs(now - time) < timedelta(days=300)
    return f"{time.astimezone(UTC):%m-%d %H:%M}" if recent else day(time)


def day(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d}"


def iso(time: datetime) -> str:
    """Write a time as ISO 8601 with `Z`."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def age(span: timedelta) -> str:
    """Write a span in its largest unit, rounded down: 12 s, 3 min, 47 h, 12 days, 7 months."""
    count, (unit, _) = _in_units(span)
    return f"{count} {unit}"


def short_age(span: timedelta) -> str:
    """Write a span for a column: 12s, 3m, 47h, 12d, 7mo, 2y."""
    count, (_, unit) = _in_units(span)
    return f"{count}{unit}"


def _in_units(span: timedelta) -> tuple[int, tuple[str, str]]:
    seconds = max(0, int(span.total_seconds()))
    fitting = ((unit, size) for unit, size, most in UNITS if seconds < most * size)
    unit, size = next(fitting, UNITS[-1][:2])
    return seconds // size, unit


def ago(time: datetime, now: datetime) -> str:
    """Write the distance to a time: 3 min ago, in 12 days."""
    return f"in {age(time - now)}" if time > now else f"{age(now - time)} ago"


def told(time: datetime, now: datetime) -> str:
    """Write a time with its zone and its age: 2026-11-28 10:14 UTC, 3 min ago."""
    return f"{minute(time)} UTC, {ago(time, now)}"
