"""Dates and times as people and programs write them."""

from datetime import UTC, datetime

import pytest

from kit.written_times import UnclearTimeError, written_time

DAY = datetime(2026, 9, 30, tzinfo=UTC)
EVENING = datetime(2026, 9, 30, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-09-30", "2026/9/30", "2026.09.30", "30.09.2026", "30.9.2026", "09/30/2026"),
        *("30/09/2026", "30 Sep 2026", "30-Sep-2026", "30. September 2026", "Sep 30, 2026"),
        *("September 30 2026", " 2026-09-30 "),
    ],
)
def test_day_is_read(text: str) -> None:
    assert written_time(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        *("2026-09-30T18:05:00Z", "2026-09-30 18:05", "2026-09-30 18:05:00 UTC"),
        *("2026-09-30T20:05:00+02:00", "2026-09-30 20:05:00 +0200", "Sep 30, 2026, 6:05 pm"),
        *("30.09.2026 18:05", "2026-09-30T18:05:00.000Z"),
    ],
)
def test_time_is_read_in_utc(text: str) -> None:
    assert written_time(text) == EVENING


def test_day_before_month_and_month_before_day_may_be_the_same() -> None:
    assert written_time("04/04/2026") == datetime(2026, 4, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/04/2026", "has two meanings: write 2026-03-04 or 2026-04-03"),
        *((text, "is no date") for text in ("", "soon", "45321", "1/2/26", "2026-09", "x" * 9999)),
        *((text, "no calendar has") for text in ("2026-02-30", "31/31/2026", "Foo 3, 2026")),
        *((text, "no clock shows") for text in ("2026-09-30 25:00", "2026-09-30 13:00 pm")),
        ("9999-12-31T23:00:00-05:00", "no clock shows"),
        ("0001-01-01T00:00:00+05:00", "no clock shows"),
        ("2026-09-30 6 o'clock", "no time of day"),
    ],
)
def test_other_text_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(UnclearTimeError, match=why):
        written_time(text)
