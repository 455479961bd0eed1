"""Times with their zone and age, as a person reads them."""

from datetime import UTC, datetime, timedelta

import pytest

from kit.times import age, ago, short_age, told

NOW = datetime(2026, 11, 28, 10, 17, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=60), "60 days"),
        (timedelta(days=61), "2 months"),
        (timedelta(days=729), "23 months"),
        (timedelta(days=730), "2 years"),
        (timedelta(days=40_000), "109 years"),
    ],
)
def test_age_has_the_largest_unit_that_reads_well(span: timedelta, written: str) -> None:
    assert age(span) == written


def test_age_in_a_column_is_short() -> None:
    spans = [timedelta(seconds=5), timedelta(minutes=3), timedelta(hours=47), timedelta(days=70)]
    assert [short_age(span) for span in spans] == ["5s", "3m", "47h", "2mo"]


def test_time_is_told_with_zone_and_distance() -> None:
    assert told(NOW - timedelta(minutes=3, seconds=10), NOW) == "2026-11-28 10:14 UTC, 3 min ago"
    assert ago(NOW + timedelta(days=12, hours=1), NOW) == "in 12 days"
