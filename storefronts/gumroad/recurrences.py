"""Gumroad's words for the time between two charges (2026-08)."""

from collections.abc import Mapping

MONTHS: Mapping[str, int] = {
    "monthly": 1,
    "quarterly": 3,
    "biannually": 6,
    "yearly": 12,
    "every_two_years": 24,
}
RECURRENCES: Mapping[int, str] = {months: name for name, months in MONTHS.items()}
