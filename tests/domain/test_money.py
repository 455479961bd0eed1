"""Amounts, which count the smallest unit of their currency."""

import pytest

from domain.money import written


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (2900, "usd", "29.00 USD"),
        (2900, "jpy", "2,900 JPY"),
        (2900, "kwd", "2.900 KWD"),
        (5, "EUR", "0.05 EUR"),
        (0, "usd", "0.00 USD"),
        (123456789, "usd", "1,234,567.89 USD"),
        (-2905, "usd", "-29.05 USD"),
    ],
)
def test_amount_is_written_exactly(amount: int, currency: str, text: str) -> None:
    assert written(amount, currency) == text
