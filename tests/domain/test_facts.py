"""The questions of the steps to the facts, with facts in any order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations

import pytest

from domain.errors import SaleInvalidError
from domain.facts import (
    Buyer,
    Dispute,
    Fact,
    OrderLine,
    Payment,
    Refund,
    is_taken_back,
    payment_in,
)
from domain.sale import Product

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
LINES = tuple(OrderLine(line, Product(line, "Lumen"), 1, 2900) for line in ("1", "2"))
PAID = Payment("order", AT, LINES, "jpy", Buyer("ada@example.com", "Ada"))
WHOLE, PART = Refund("order", AT, whole=True), Refund("order", AT, whole=False, amount=100)
OPEN, WON, LOST = (Dispute("order", AT, state) for state in ("open", "won", "lost"))


def in_every_order(facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, ...]]:
    """Yield each order of the facts, and each with every fact given twice."""
    for each in permutations(facts):
        yield each
        yield each + each


@pytest.mark.parametrize(
    ("facts", "taken_back"),
    [
        ((), False),
        ((PAID,), False),
        ((PAID, WHOLE), True),
        ((PAID, PART), False),
        ((PAID, OPEN), True),
        ((PAID, LOST), True),
        ((PAID, OPEN, WON), False),
        ((PAID, OPEN, WON, WHOLE), True),
        ((PAID, WON), False),
    ],
)
def test_order_is_taken_back_by_its_facts_whatever_their_order(
    facts: tuple[Fact, ...], *, taken_back: bool
) -> None:
    assert {is_taken_back(each) for each in in_every_order(facts)} == {taken_back}


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


def test_completed_payment_counts_before_the_one_of_the_event() -> None:
    lacking = Payment("order", AT, (), "jpy", None, whole=False)

    assert payment_in((lacking, PAID)) is PAID
    assert payment_in((WHOLE,)) is None
