"""Times in UTC, as a person and as a program reads them."""

from datetime import UTC, datetime


def moment(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def minute(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"


def day(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d}"


def iso(time: datetime) -> str:
    """Write a time as ISO 8601 with `Z`."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
