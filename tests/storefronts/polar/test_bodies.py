"""Recorded bodies, each with the facts that it tells."""

from datetime import UTC, datetime

import pytest

from domain.event import EventKind
from domain.facts import Buyer, Fact, Ignored, OrderLine, Payment, Refund, SubscriptionState
from domain.questions import Answer, Question
from domain.sale import Product
from storefronts.base import Naming
from tests.storefronts.polar.recorded import (
    ARRIVED,
    EVENT_ID,
    POLAR,
    SUBSCRIPTION,
    body,
    request,
)

BASIC = Product("e8ff0851-d949-466d-ad79-a0f9ad1ec278", "Inkwell Basic")
SYNC = Product("0b6a90cb-2485-4406-9cd2-22ebfd086ff4", "Inkwell Sync")
TEAM = Product("b8e2e931-4450-481d-a536-ee47461d2363", "Inkwell Team")
BASIC_ORDER = "4204cf8a-d6b2-4aa5-a1d9-2589374ffe1b"
LUCAS = Buyer("lucas@example.net", "Lucas Faye")
FIRST_END = datetime(2026, 11, 2, 10, 2, 4, 118000, UTC)
NEXT_END = datetime(2027, 11, 3, 10, 2, 4, 118000, UTC)


def renewal(order_id: str, at: datetime, price: int) -> Payment:
    line = OrderLine("1", SYNC, 1, price)
    return Payment(
        order_id,
        at,
        (line,),
        "usd",
        LUCAS,
        order_number="INKW-FZSKC0W5-0001",
        subscription_id=SUBSCRIPTION,
        charge=True,
        paid_until=NEXT_END,
    )


FACTS: dict[str, Fact] = {
    "01": Payment(
        BASIC_ORDER,
        datetime(2025, 11, 2, 9, 14, 28, 551093, UTC),
        (OrderLine("1", BASIC, 1, 5831),),
        "usd",
        Buyer("nadia@example.net", "Nadia Petrov"),
        order_number="INKW-4SGYAS1K-0001",
    ),
    "03": Payment(
        "bdd35c0b-646c-4277-bede-3310312dbf52",
        datetime(2025, 11, 2, 10, 2, 6, 730021, UTC),
        (OrderLine("1", SYNC, 1, 12000),),
        "usd",
        LUCAS,
        order_number="INKW-FZSKC0W5-0001",
        subscription_id=SUBSCRIPTION,
        paid_until=FIRST_END,
    ),
    "07": renewal(
        "2691e5da-d0d7-4a25-809c-72ea1afe2049",
        datetime(2026, 11, 2, 10, 3, 2, 114550, UTC),
        12000,
    ),
    "08": Refund(
        BASIC_ORDER, datetime(2025, 11, 9, 16, 20, 0, 611450, UTC), whole=True, amount=5831
    ),
    "11": SubscriptionState(
        SUBSCRIPTION,
        datetime(2025, 12, 19, 7, 45, 33, 400120, UTC),
        renews=False,
        ends_at=FIRST_END,
    ),
    "12": SubscriptionState(
        SUBSCRIPTION, datetime(2026, 11, 2, 10, 2, 20, 500000, UTC), renews=False, ended=True
    ),
    "13": Payment(
        "81eead57-fbf3-4773-984c-75d6eda54ac1",
        datetime(2025, 11, 1, 8, 0, 2, 220145, UTC),
        (OrderLine("1", BASIC, 1, 4900),),
        "usd",
        Buyer("test-purchase@example.net", "Test Purchase"),
        order_number="INKW-R4T3SY44-0001",
    ),
    "14": Payment(
        "05702a8e-ba5e-4d48-86d1-90dbeda24153",
        datetime(2025, 11, 4, 13, 12, 2, 50913, UTC),
        (OrderLine("1", TEAM, 5, 49500),),
        "usd",
        Buyer("jun@example.net", "Jun Park"),
        order_number="INKW-5Z5MG1JE-0001",
    ),
    # Two lines of an invoice, and one product.
    "15": renewal(
        "b0e4816b-1b90-4c1a-8758-6ab5465d2d95",
        datetime(2026, 11, 2, 10, 3, 5, 904551, UTC),
        12602,
    ),
}
KINDS = {
    "01": EventKind.SALE,
    "02": EventKind.KNOWN,
    "03": EventKind.SALE,
    "07": EventKind.RECURRING_CHARGE,
    "08": EventKind.REFUND,
    "11": EventKind.CANCELLATION,
    "12": EventKind.SUBSCRIPTION_ENDED,
    "13": EventKind.SALE,
    "14": EventKind.SALE,
    "15": EventKind.RECURRING_CHARGE,
    "21": EventKind.SALE,
}


@pytest.mark.parametrize("number", FACTS)
def test_a_recorded_body_tells_its_fact(number: str) -> None:
    assert POLAR.read(request(body(number))).facts == (FACTS[number],)


def test_an_order_that_is_only_created_tells_nothing_although_it_says_paid() -> None:
    reading = POLAR.read(request(body("02")))
    assert (reading.facts, reading.ends) == ((), Ignored("order.created"))


@pytest.mark.parametrize("number", KINDS)
def test_a_recorded_body_is_named_with_the_events_own_id(number: str) -> None:
    naming = POLAR.name_request(request(body(number)))

    fact = FACTS.get("01" if number == "02" else number)
    no_order = isinstance(fact, SubscriptionState)
    assert naming.kind == KINDS[number]
    assert naming.event_key == EVENT_ID
    assert (naming.order_id is None) == no_order
    if isinstance(fact, Payment):
        lines = tuple(line.product.product_id for line in fact.lines)
        assert naming == Naming(KINDS[number], fact.order_id, lines, EVENT_ID)


def test_only_the_sandbox_secret_marks_a_test() -> None:
    for label, test in (("live", False), ("test", True), (None, False)):
        (payment,) = POLAR.read(request(body("13"), label)).facts
        assert isinstance(payment, Payment)
        assert payment.test == test


ASKED = Question(
    "/v1/customers/04479eda-5a00-41e1-9515-140e22bcf00b",
    "a buyer's address",
    "the right customers:read",
    optional=True,
    object_id="04479eda-5a00-41e1-9515-140e22bcf00b",
)


def test_an_order_without_an_address_asks_for_it_once() -> None:
    assert POLAR.read(request(body("21"))).asks == ASKED


@pytest.mark.parametrize(
    ("status", "answer", "email"),
    [
        (200, b'{"email": "buyer@borealis.example"}', "buyer@borealis.example"),
        (200, b'{"email": null}', ""),
        (200, b"{}", ""),
        (200, b'{"email": "no address"}', ""),
        (200, b'{"email": 17}', ""),
        (404, b'{"error": "ResourceNotFound"}', ""),
        (401, b"", ""),
    ],
)
def test_an_order_without_an_address_is_a_sale_whatever_polar_answers(
    status: int, answer: bytes, email: str
) -> None:
    told = Answer(ASKED.path, status, answer, ARRIVED)

    (payment,) = POLAR.read(request(body("21"), "live", told)).facts
    assert isinstance(payment, Payment)
    assert payment.buyer == Buyer(email, "Borealis Ltd")
    assert [line.quantity for line in payment.lines] == [3]
