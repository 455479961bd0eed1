"""Answers of shops' APIs about another object than the question, as a wrong cache gives them.

None of them may mint another buyer's lines, mail to another buyer, or touch another's license.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from domain.errors import SaleInvalidError, ValueImpossibleError
from domain.facts import Reading
from domain.questions import Answer
from storefronts.base import StoredRequest, Storefront
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from storefronts.paddle.storefront import Paddle
from tests.storefronts.lemonsqueezy import told as lemonsqueezy
from tests.storefronts.paddle import bodies as paddle
from tests.storefronts.stripe import recorded as stripe

Json = stripe.Json
OTHERS = "another"


def read_by(kind: Storefront, request: StoredRequest, api: Callable[[str], bytes]) -> Reading:
    """Ask until the event can be read or the reading fails."""
    reading = kind.read(request)
    while (asks := reading.asks) is not None:
        answer = Answer(asks.path, 200, api(asks.path), lemonsqueezy.AT)
        request = replace(request, answers=(*request.answers, answer))
        reading = kind.read(request)
    return reading


def refused(reading: Reading, path: str) -> bool:
    assert isinstance(reading.ends, SaleInvalidError)
    return reading.ends.what == f"{path} must be the one that was asked for"


def in_list(entry: Json) -> Json:
    return stripe.page(entry)


LIES: Mapping[str, tuple[str, str, Json, str]] = {
    "session": (
        stripe.THIN,
        f"/v1/checkout/sessions/{stripe.SOLD}?expand[]=line_items",
        {"id": OTHERS},
        "id",
    ),
    "session of a payment": (
        stripe.REFUND,
        f"/v1/checkout/sessions?payment_intent={stripe.INTENT}",
        in_list({"id": OTHERS, "payment_intent": OTHERS}),
        "data[0].payment_intent",
    ),
    "session of a subscription": (
        stripe.FIRST_INVOICE,
        f"/v1/checkout/sessions?subscription={stripe.SUBSCRIPTION}",
        in_list({"id": OTHERS, "subscription": OTHERS}),
        "data[0].subscription",
    ),
    "subscription": (
        stripe.MEMBER,
        f"/v1/subscriptions/{stripe.SUBSCRIPTION}",
        {"id": OTHERS},
        "id",
    ),
    "charge": (stripe.REFUND, f"/v1/charges/{stripe.CHARGE}", {"id": OTHERS}, "id"),
    "refunds": (
        stripe.REFUND,
        f"/v1/refunds?charge={stripe.CHARGE}&limit=100",
        in_list({"id": "re_1", "charge": OTHERS}),
        "data[0].charge",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_stripes_answer_about_another_object_is_not_used(lie: str) -> None:
    name, path, answer, wrong = LIES[lie]
    api = stripe.asking({path: answer})

    assert path in api.paths(stripe.body_of(name))
    assert refused(api.read(stripe.body_of(name)), wrong)


def test_paddles_answer_about_another_customer_is_not_mailed_to() -> None:
    request = paddle.recorded(paddle.ONE_TIME)
    other = {"data": {"id": OTHERS, "email": "other@example.com", "name": "Other"}}

    reading = read_by(Paddle(), request, lambda _: json.dumps(other).encode())
    assert refused(reading, "data.id")


@pytest.mark.parametrize("event", ["01", "05"])
def test_lemon_squeezys_answer_about_another_object_is_not_used(event: str) -> None:
    other = {"data": {"id": OTHERS, "attributes": {}}}

    reading = read_by(
        LemonSqueezy(), lemonsqueezy.recorded(event), lambda _: json.dumps(other).encode()
    )
    assert refused(reading, "data.id")


def test_items_of_other_orders_alone_are_no_lines() -> None:
    item = {"type": "order-items", "id": "1", "attributes": {"order_id": 99}}
    page = json.dumps({"data": [item]}).encode()
    request = lemonsqueezy.answered(
        lemonsqueezy.recorded("01"), lemonsqueezy.unknown(lemonsqueezy.order_path("5261679"))
    )

    reading = read_by(LemonSqueezy(), request, lambda _: page)
    assert isinstance(reading.ends, SaleInvalidError)
    assert reading.ends.what == "its list of order items has none of this order"


@pytest.mark.parametrize("quantity", [0, -1, 10**9, 10**30])
def test_line_of_an_impossible_quantity_is_told_from_a_broken_answer(quantity: int) -> None:
    path = f"/v1/checkout/sessions/{stripe.SOLD}?expand[]=line_items"
    session = {**stripe.api_of("session_with_line_items.json")}
    answer = {**session, "line_items": stripe.line_items(quantity)}

    reading = stripe.asking({path: answer}).read(stripe.body_of(stripe.SALE))
    assert isinstance(reading.ends, ValueImpossibleError)
