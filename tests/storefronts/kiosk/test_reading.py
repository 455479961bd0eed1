"""The facts in the kiosk's events, and the contract of a signing shop."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind, NotedReason
from domain.facts import Payment, Refund, Waits, payment_in
from domain.questions import Answer
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret, MatchedSecret
from kit.doors.signatures import Signature
from storefronts.base import Naming, StoredRequest
from tests.storefronts.kiosk.door import EVENT_KEY
from tests.storefronts.kiosk.sample import KioskEvent, line, order, paid, placed, refunded
from tests.storefronts.kiosk.storefront import Kiosk

AT = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
LIVE, TEST = "live, with a comma", "whsec_test"
KIOSK = Kiosk([LabeledSecret(LIVE), LabeledSecret(TEST, "test")])


def request_of(event: KioskEvent) -> StoredRequest:
    return StoredRequest("application/json", event.body, AT, headers=((EVENT_KEY, event.key),))


def payment_of(request: StoredRequest) -> Payment:
    payment = payment_in(KIOSK.read(request).facts)
    assert payment is not None
    return payment


@pytest.mark.parametrize(("secret", "label"), [(LIVE, "live"), (TEST, "test")])
def test_the_secret_that_signed_is_told_with_its_label(secret: str, label: str) -> None:
    event = paid("17", line(1, 5))
    headers = tuple((name.lower(), text) for name, text in event.headers(secret, AT).items())

    signature = KIOSK.screen(Envelope(headers, ""), AT)
    assert isinstance(signature, Signature)
    matched = signature.verify(event.body)
    assert isinstance(matched, MatchedSecret)
    assert matched.label == label
    assert signature.verify(event.body + b" ") is None
    assert KIOSK.screen(Envelope(headers, ""), AT + timedelta(seconds=301)) is None


def test_naming_tells_several_products_and_the_key_of_the_header() -> None:
    event = paid("17", line(1, 5), line(2, "six"))

    named = Naming(EventKind.SALE, "17", ("5", "six"), event.key)
    assert KIOSK.name_request(request_of(event)) == named
    assert named.product_id == "5"


def test_event_without_an_order_is_named_by_its_kind() -> None:
    event = KioskEvent({"type": "subscription.changed", "subscription": {"id": "s"}})

    naming = KIOSK.name_request(request_of(event))
    assert naming == Naming(EventKind.SUBSCRIPTION_UPDATED, event_key=event.key)


def test_payment_has_every_line_in_the_smallest_unit_of_its_currency() -> None:
    payment = payment_of(request_of(paid("17", line(1, 5, quantity=3), line(2, "six"))))

    lines = [(each.line, each.product.product_id, each.quantity) for each in payment.lines]
    assert lines == [("1", "5", 3), ("2", "six", 1)]
    assert {(each.price, payment.currency) for each in payment.lines} == {(2900, "jpy")}
    assert [sale.line for sale in payment.sales("kiosk")] == ["1", "2"]


def test_label_of_the_secret_alone_tells_a_test() -> None:
    request = request_of(paid("17", line(1, 5)))

    assert not payment_of(replace(request, secret_label="live")).test
    assert payment_of(replace(request, secret_label="test")).test


def test_order_without_lines_asks_the_shop_and_is_read_with_its_answer() -> None:
    request = request_of(paid("17"))
    asks = KIOSK.read(request).asks
    assert asks is not None
    assert asks.path == "/orders/17"

    body = KioskEvent(order("17", line(1, 5))).body
    answered = replace(request, answers=(Answer(asks.path, 200, body, AT),))
    assert [each.line for each in payment_of(answered).lines] == ["1"]


def test_unpaid_order_waits() -> None:
    reading = KIOSK.read(request_of(placed("17", line(1, 5))))

    assert (reading.facts, reading.ends) == ((), Waits(NotedReason.WAITS_FOR_PAYMENT))


@pytest.mark.parametrize(("amount", "whole"), [(None, True), (None, False), (100, False)])
def test_refund_is_a_fact_with_the_shops_own_time(amount: int | None, *, whole: bool) -> None:
    at = datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC)

    facts = KIOSK.read(request_of(refunded("17", amount, whole=whole))).facts
    assert facts == (Refund("17", at, whole, amount),)


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ({"quantity": "1"}, "order.lines[0].quantity must be a whole number"),
        ({"quantity": 1.0}, "order.lines[0].quantity must be a whole number from 1 to 1000000"),
        ({"quantity": None}, "order.lines[0].quantity must be a whole number"),
        ({"product": None}, "order.lines[0].product.id must be a text"),
        ({"price": False}, "order.lines[0].price must be a whole number"),
    ],
)
def test_value_of_another_type_is_named_by_its_path(broken: dict[str, object], what: str) -> None:
    event = paid("17", {**line(1, 5), **broken})

    ends = KIOSK.read(request_of(event)).ends
    assert isinstance(ends, SaleInvalidError)
    assert what in ends.sentence
