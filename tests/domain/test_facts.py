"""The questions of the steps to the facts."""

from datetime import UTC, datetime

import pytest

from domain.errors import SaleInvalidError
from domain.facts import (
    Buyer,
    OrderLine,
    Payment,
    Refund,
    payment_in,
)
from domain.sale import Product

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
LINES = tuple(OrderLine(line, Product(line, "Lumen"), 1, 2900) for line in ("1", "2"))
PAID = Payment("order", AT, LINES, "jpy", Buyer("ada@example.com", "Ada"))


def test_payment_becomes_a_sale_for_each_line() -> None:
    sales = PAID.sales("shop")

    assert [(sale.line, sale.price, sale.sold_at) for sale in sales] == [
        ("1", 2900, AT),
        ("2", 2900, AT),
    ]


@pytest.mark.parametrize(
    "lacking",
    [
        Payment("order", AT, (), "usd", Buyer("ada@example.com", "Ada")),
        Payment("order", AT, LINES, "usd", None),
    ],
)
def test_payment_without_lines_or_buyer_is_no_sale(lacking: Payment) -> None:
    with pytest.raises(SaleInvalidError, match="a buyer and at least one line"):
        lacking.sales("shop")


def test_facts_without_a_payment_have_none() -> None:
    assert payment_in((Refund("order", AT, whole=True), PAID)) is PAID
    assert payment_in((Refund("order", AT, whole=True),)) is None
