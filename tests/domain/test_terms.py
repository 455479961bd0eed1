"""The end of a term: a whole day in UTC, also after short months and in leap years."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from domain.license import Term, end_of_day

LATEST = datetime(2100, 1, 1)  # noqa: DTZ001 - as hypothesis wants it


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("paid", "months", "end"),
    [
        ("2026-03-02T14:05:11", 12, "2027-03-02T23:59:59"),
        ("2028-02-29T12:00:00", 12, "2029-02-28T23:59:59"),
        ("2028-02-29T12:00:00", 48, "2032-02-29T23:59:59"),
        ("2027-02-28T12:00:00", 12, "2028-02-28T23:59:59"),
        ("2096-02-29T12:00:00", 48, "2100-02-28T23:59:59"),
        ("2026-01-31T23:59:59", 1, "2026-02-28T23:59:59"),
        ("2028-01-31T00:00:00", 1, "2028-02-29T23:59:59"),
        ("2026-12-31T00:00:00", 2, "2027-02-28T23:59:59"),
        ("2026-11-30T00:00:00", 1, "2026-12-30T23:59:59"),
        ("2026-12-01T00:00:00", 1, "2027-01-01T23:59:59"),
    ],
)
def test_term_ends_on_the_same_day_or_the_months_last(paid: str, months: int, end: str) -> None:
    assert Term(months).end(at(paid)) == at(end)


@pytest.mark.parametrize("paid", ["2026-12-01T00:00:05", "2026-12-01T23:59:59.999999"])
def test_a_term_ends_with_the_whole_day_that_a_mail_names(paid: str) -> None:
    assert Term(12).end(at(paid)) == at("2027-12-01T23:59:59")


def test_the_day_of_a_payment_is_that_of_utc() -> None:
    in_tokyo = datetime(2026, 12, 1, 8, 59, tzinfo=timezone(timedelta(hours=9)))
    assert Term(1).end(in_tokyo) == at("2026-12-30T23:59:59")


@given(st.datetimes(max_value=LATEST, timezones=st.just(UTC)), st.integers(1, 240))
def test_no_time_of_day_makes_a_term_end_earlier_or_later(paid: datetime, months: int) -> None:
    end = Term(months).end(paid)
    assert end is not None
    assert end == end_of_day(end) == Term(months).end(paid.replace(hour=0, minute=0))


def test_term_without_months_never_ends() -> None:
    assert Term(None).end(at("2026-03-02T14:05:11")) is None


@pytest.mark.parametrize(
    ("months", "said"),
    [(1, "1 month"), (6, "6 months"), (12, "1 year"), (18, "18 months"), (24, "2 years")],
)
def test_term_says_itself_as_a_person_would(months: int, said: str) -> None:
    assert str(Term(months)) == said
