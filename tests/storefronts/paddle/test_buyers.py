"""The buyers of Paddle's transactions, as its API knows them."""

import json
from datetime import UTC, datetime

import pytest

from domain.facts import Buyer
from domain.questions import Answer
from domain.sale import CORRECTED
from storefronts.base import StoredRequest
from tests.storefronts.paddle.bodies import (
    ONE_TIME,
    answer_of,
    body_of,
    changed,
    customer,
    payment,
    read,
    recorded,
    what_is_wrong,
)

CUSTOMER = json.loads(customer().body)


def told(**fields: object) -> Answer:
    """Return the answer about the buyer of ONE_TIME with other fields."""
    return answer_of(json.dumps({"data": CUSTOMER["data"] | fields}).encode())


@pytest.mark.parametrize(
    ("fields", "buyer"),
    [
        ({"name": None}, Buyer("nadia@example.net", "nadia")),
        ({"name": "Nadia\r\nBcc: x"}, Buyer("nadia@example.net", "NadiaBcc: x")),
        ({"email": None}, Buyer("", "Nadia Petrov")),
        ({"email": ""}, Buyer("", "Nadia Petrov")),
        ({"email": "one@example.net, two@example.net"}, Buyer("", "Nadia Petrov")),
    ],
)
def test_buyer_is_the_customer_of_the_api(fields: dict[str, object], buyer: Buyer) -> None:
    found = payment(recorded(ONE_TIME, told(**fields)))

    assert found.buyer == buyer
    assert (found.note is None) == (buyer.email != "")


def test_transaction_without_a_customer_has_no_address_and_asks_nothing() -> None:
    assert payment(changed(ONE_TIME, {"data.customer_id": None})).buyer == Buyer("", "")


@pytest.mark.parametrize("body", [b"{}", b'{"data": null}', b'{"data": {}}', b'{"data": []}'])
def test_answer_without_the_address_is_asked_again(body: bytes) -> None:
    path = f"/customers/{CUSTOMER['data']['id']}"
    answer = Answer(path, 200, body, datetime(2025, 11, 2, tzinfo=UTC))

    assert what_is_wrong(recorded(ONE_TIME, answer)).startswith("data")


def test_unknown_customer_is_read_from_the_transaction() -> None:
    asked = read(recorded(ONE_TIME)).asks
    assert asked is not None
    unknown = Answer(asked.path, 404, b"{}", datetime(2025, 11, 2, tzinfo=UTC))
    whole = read(recorded(ONE_TIME, unknown)).asks
    assert whole is not None
    order_id = json.loads(body_of(ONE_TIME))["data"]["id"]
    assert whole.path == f"/transactions/{order_id}?include=customer,adjustment"

    body = json.dumps({"data": {"customer": CUSTOMER["data"]}}).encode()
    found = Answer(whole.path, 200, body, unknown.at)
    assert payment(recorded(ONE_TIME, unknown, found)).buyer == Buyer(
        "nadia@example.net", "Nadia Petrov"
    )
    neither = Answer(whole.path, 404, b"{}", unknown.at)
    assert "neither" in what_is_wrong(recorded(ONE_TIME, unknown, neither))


def test_ids_are_encoded_in_the_question() -> None:
    asks = read(changed(ONE_TIME, {"data.customer_id": "../a b?c"})).asks

    assert asks is not None
    assert asks.path == "/customers/..%2Fa%20b%3Fc"


def test_corrected_address_replaces_the_customers() -> None:
    request = recorded(ONE_TIME, told(email=None))
    corrected = StoredRequest(
        request.content_type,
        request.body,
        request.received_at,
        address="right@example.net",
        answers=request.answers,
    )

    found = payment(corrected)
    assert (found.buyer, found.note) == (Buyer("right@example.net", "Nadia Petrov"), CORRECTED)
