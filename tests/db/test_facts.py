"""Kept facts on both databases."""

from datetime import UTC, datetime

import pytest

from db.engine import Database
from db.facts import facts_of_event, keep_completed, keep_facts, known_of_order
from domain.facts import (
    Buyer,
    Dispute,
    Fact,
    OrderLine,
    Payment,
    Refund,
    SubscriptionLink,
    SubscriptionState,
)
from domain.sale import Product
from tests.db.concurrently import at_once
from tests.db.rows import stored

AT = datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC)
PRODUCT = Product("p", "Lumen", ("lumen",), (("Edition", "Pro"),))
PAID = Payment(
    "order", AT, (OrderLine("1", PRODUCT, 2, 2900),), "jpy", Buyer("ada@example.com", "Ada")
)
LACKING = Payment("order", AT, (), "jpy", None, subscription_id="s", whole=False)
EVERY: tuple[Fact, ...] = (
    PAID,
    Refund("order", AT, whole=False, amount=100),
    Dispute("order", AT, "open"),
    SubscriptionState("s", AT, renews=False, ends_at=AT, product=PRODUCT),
    SubscriptionLink("s", "order", AT),
)


def test_facts_come_back_as_they_were(database: Database) -> None:
    (event,) = stored(database, ("order", "sale"))
    database.write_here(keep_facts, event, "gumroad", EVERY)

    assert database.read_here(facts_of_event, event) == EVERY
    known = database.read_here(known_of_order, "gumroad", "order")
    assert [each.fact for each in known.facts] == [EVERY[0], EVERY[1], EVERY[2], EVERY[4]]
    assert known.unread == ()


def test_first_reading_stands(database: Database) -> None:
    (event,) = stored(database, ("order", "sale"))
    first: tuple[Fact, ...] = (PAID,)
    second: tuple[Fact, ...] = (Dispute("order", AT, "open"), PAID)
    for facts in (first, second):
        database.write_here(keep_facts, event, "gumroad", facts)

    assert database.read_here(facts_of_event, event) == (PAID,)


def test_two_readers_at_once_leave_one_reading(database: Database) -> None:
    (event,) = stored(database, ("order", "sale"))
    at_once(2, lambda _: database.write_here(keep_facts, event, "gumroad", EVERY))

    assert database.read_here(facts_of_event, event) == EVERY


def test_answer_of_the_shops_api_is_kept_once(database: Database) -> None:
    (event,) = stored(database, ("order", "sale"))
    database.write_here(keep_facts, event, "gumroad", [LACKING])

    assert database.write_here(keep_completed, event, "gumroad", PAID) == PAID
    later = Payment("order", AT, PAID.lines, "usd", PAID.buyer)
    assert database.write_here(keep_completed, event, "gumroad", later) == PAID
    assert database.read_here(facts_of_event, event) == (LACKING, PAID)


@pytest.mark.parametrize(
    ("kind", "unread"), [("sale", True), ("refund", True), ("unknown", True), ("test_ping", False)]
)
def test_event_that_nobody_read_is_named(database: Database, kind: str, *, unread: bool) -> None:
    (event,) = stored(database, ("order", kind))

    known = database.read_here(known_of_order, "gumroad", "order")
    assert known.unread == ((event,) if unread else ())
