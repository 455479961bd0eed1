"""Measures how long the fold of a subscription with 1,000 facts takes.

`make bench` prints the quickest and the median time, for a subscription of many years and for the
same before its last change, whose moment is then looked at as well.
See docs/adr/0028-a-function-of-facts.md.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from domain.decisions import Decision
from domain.facts import Fact, Refund, SubscriptionState
from domain.lifecycle import DecidedFact, PaidLine, Story, fold
from domain.sale import Product, Sale

FACTS = 1000
ROUNDS = 50
START = datetime(2020, 1, 1, 12, tzinfo=UTC)
NOW = START + timedelta(days=FACTS)
LUMEN = Product("lumen", "Lumen")
SALE = Sale("shop", "0", LUMEN, 1, 900, "usd", "ada@example.com", "Ada", START, subscription_id="s")
MONTHLY = Decision("lumen", "Lumen", "core", seats=1, quantity=1, months=1, products_sha256="a")


def payment(number: int) -> PaidLine:
    sold_at = START + timedelta(days=number)
    sale = replace(SALE, order_id=str(number), sold_at=sold_at, charge=number > 0)
    return PaidLine(sale, MONTHLY, sale.price)


def fact(number: int) -> Fact:
    at = START + timedelta(days=number // 2)
    if number % 2:
        return Refund(str(number), at, whole=True)
    return SubscriptionState("s", at, renews=number % 4 == 0, seats=number)


def story() -> Story:
    """Return a story of which one half are payments, a quarter refunds and a quarter states."""
    half = FACTS // 2
    facts = tuple(DecidedFact(fact(number), MONTHLY) for number in range(half))
    return Story(tuple(payment(number) for number in range(half)), facts)


def measure(name: str, told: Story, now: datetime) -> None:
    took = []
    for _ in range(ROUNDS):
        began = perf_counter()
        fold(told, now)
        took.append((perf_counter() - began) * 1000)
    print(f"{name:24} quickest {min(took):5.1f} ms, median {median(took):5.1f} ms")  # noqa: T201 - a bench


if __name__ == "__main__":
    measure(f"{FACTS:,} facts", story(), NOW)
    measure("the last one is ahead", story(), START + timedelta(days=(FACTS // 2 - 2) // 2 - 1))
