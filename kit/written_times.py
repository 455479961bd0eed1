"""Reads a date or a time as people and programs write it, and refuses a date with two meanings."""

import re
from datetime import UTC, date, datetime

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
ACCEPTED = "2026-09-30, 2026-09-30T18:00:00Z, 30.09.2026, 30 Sep 2026 or Sep 30, 2026"

_TAIL = r"(?:[T ,]+(?P<clock>[0-9].*))?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TAIL}"
)
_DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}){_TAIL}")
_SLASHES = re.compile(rf"(?P<one>\d{{1,2}})[/-](?P<two>\d{{1,2}})[/-](?P<year>\d{{4}}){_TAIL}")
_DAY_NAMED = re.compile(
    rf"(?P<day>\d{{1,2}})\.?[ -](?P<name>[A-Za-z]+)\.?[ ,-]+(?P<year>\d{{4}}){_TAIL}"
)
_NAME_FIRST = re.compile(rf"(?P<name>[A-Za-z]+)\.? (?P<day>\d{{1,2}}),? (?P<year>\d{{4}}){_TAIL}")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r" ?(?P<half>[AaPp][Mm])? ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
NOON = 12


class UnclearTimeError(ValueError):
    """The text is no date, or has two meanings. The sentence says so, and what to write."""


def written_time(text: str) -> datetime:
    """Return the time in UTC; a date alone is its first moment. Raises UnclearTimeError."""
    for form in (_YEAR_FIRST, _DAY_FIRST, _SLASHES, _DAY_NAMED, _NAME_FIRST):
        if (found := form.fullmatch(text.strip())) is not None:
            return _joined(_day(found), found["clock"])
    raise UnclearTimeError(f"is no date: write it as {ACCEPTED}")


def _day(found: re.Match[str]) -> date:
    told = found.groupdict()
    year = int(found["year"])
    if "one" in told:
        month, day = _without_two_meanings(year, int(found["one"]), int(found["two"]))
    else:
        month = int(found["month"]) if "month" in told else MONTHS.get(found["name"][:3].lower(), 0)
        day = int(found["day"])
    try:
        return date(year, month, day)
    except ValueError:
        raise UnclearTimeError(f"is a day that no calendar has: write it as {ACCEPTED}") from None


def _without_two_meanings(year: int, one: int, two: int) -> tuple[int, int]:
    if one == two or one > NOON:
        return two, one
    if two > NOON:
        return one, two
    raise UnclearTimeError(
        f"has two meanings: write {year:04}-{one:02}-{two:02} or {year:04}-{two:02}-{one:02}"
    )


def _joined(day: date, clock: str | None) -> datetime:
    if clock is None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        raise UnclearTimeError(f"ends with no time of day: write it as {ACCEPTED}")
    try:
        hour, zone = _hour(int(found["hour"]), found["half"]), found["zone"] or "Z"
        plus = "+00:00" if zone in {"Z", "UTC", "GMT"} else zone
        told = f"{day}T{hour:02}:{found['minute']}:{found['second'] or '00'}{plus}"
        return datetime.fromisoformat(told).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnclearTimeError(f"has a time that no clock shows: write it as {ACCEPTED}") from None


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= NOON:
        raise ValueError(hour)
    return hour % NOON + (NOON if half.lower() == "pm" else 0)
