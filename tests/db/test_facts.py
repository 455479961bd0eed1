"""Kept facts on both databases."""

from datetime import UTC, datetime

import pytest

from db.answers import answers_of, keep_completed
from db.engine import Database
from db.facts import facts_of_event, keep_facts, known_of_order
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
from domain.questions import Answer
from domain.sale import Product
from tests.db.concurrently import at_once
from tests.db.rows import stored

AT = datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC)
PRODUCT = Product("p", "Lumen", ("lumen",), (("Edition", "Pro"),))
PAID = Payment(
    "order", AT, (OrderLine("1", PRODUCT, 2, 2900),), "jpy", Buyer("ada@example.com", "Ada")
)
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


def test_first_answers_of_a_shops_api_stand_with_their_facts(database: Database) -> None:
    (event,) = stored(database, ("order", "sale"))
    later = Payment("order", AT, PAID.lines, "usd", PAID.buyer)
    for body, fact in ((b'{"lines": 1}', PAID), (b'{"lines": 2}', later)):
        answer = Answer("/orders/order", 200, body, AT)
        database.write_here(keep_completed, event, "gumroad", [answer], [fact])

    assert database.read_here(facts_of_event, event) == (PAID,)
    assert database.read_here(answers_of, event) == (
        Answer("/orders/order", 200, b'{"lines": 1}', AT),
    )


@pytest.mark.parametrize(
    ("kind", "unread"), [("sale", True), ("refund", True), ("unknown", True), ("test_ping", False)]
)
def test_event_that_nobody_read_is_named(database: Database, kind: str, *, unread: bool) -> None:
    (event,) = stored(database, ("order", kind))

    known = database.read_here(known_of_order, "gumroad", "order")
    assert known.unread == ((event,) if unread else ())
