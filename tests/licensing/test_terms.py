"""When a term ends: counted from the payment's own time, in UTC, whatever the calendar does."""

from datetime import UTC, datetime

import pytest

from domain.license import Term


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("paid", "months", "end"),
    [
        ("2026-03-02T14:05:11", 12, "2027-03-02T14:05:11"),
        ("2028-02-29T12:00:00", 12, "2029-02-28T12:00:00"),
        ("2028-02-29T12:00:00", 48, "2032-02-29T12:00:00"),
        ("2027-02-28T12:00:00", 12, "2028-02-28T12:00:00"),
        ("2096-02-29T12:00:00", 48, "2100-02-28T12:00:00"),
        ("2026-01-31T23:59:59", 1, "2026-02-28T23:59:59"),
        ("2028-01-31T00:00:00", 1, "2028-02-29T00:00:00"),
        ("2026-12-31T00:00:00", 2, "2027-02-28T00:00:00"),
        ("2026-11-30T00:00:00", 1, "2026-12-30T00:00:00"),
        ("2026-12-01T00:00:00", 1, "2027-01-01T00:00:00"),
    ],
)
def test_term_ends_on_the_same_day_or_the_months_last(paid: str, months: int, end: str) -> None:
    assert Term(months).end(at(paid)) == at(end)


def test_term_without_months_never_ends() -> None:
    assert Term(None).end(at("2026-03-02T14:05:11")) is None


@pytest.mark.parametrize(
    ("months", "said"),
    [(1, "1 month"), (6, "6 months"), (12, "1 year"), (18, "18 months"), (24, "2 years")],
)
def test_term_says_itself_as_a_person_would(months: int, said: str) -> None:
    assert str(Term(months)) == said
