"""Orders of Lemon Squeezy: their state, their lines and their refunds."""

import json
from dataclasses import replace

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind, NotedReason
from domain.facts import OrderLine, Payment, Reading, Refund, Waits
from domain.questions import Answer
from storefronts.base import StoredRequest
from tests.storefronts.lemonsqueezy.told import (
    AT,
    SHOP,
    answer,
    answered,
    items_path,
    order_answer,
    order_path,
    read,
    recorded,
    renamed,
    unknown,
)

ORDER = recorded("01")
TWO_LINES = recorded("14")


def order(**attributes: object) -> StoredRequest:
    return renamed(ORDER, "order_created", **attributes)


def completed(**attributes: object) -> Reading:
    request = order(**attributes)
    return read(answered(request, order_answer(request)))


def payment_in(reading: Reading) -> Payment:
    payment = reading.facts[0]
    assert isinstance(payment, Payment)
    return payment


def sentence(reading: Reading) -> str:
    assert isinstance(reading.ends, SaleInvalidError)
    return reading.ends.what


def items(*quantities: object, start: int = 1, **more: object) -> bytes:
    """Return a page of the list of items, with one item for each quantity."""
    first = json.loads(TWO_LINES.body)["data"]["attributes"]["first_order_item"]
    data = [
        {"type": "order-items", "id": str(number), "attributes": {**first, "quantity": quantity}}
        for number, quantity in enumerate(quantities, start=start)
    ]
    return json.dumps({"data": data, **more}).encode()


@pytest.mark.parametrize("status", ["pending", "of_next_year"])
def test_unpaid_order_waits_and_asks_nothing(status: str) -> None:
    reading = read(order(status=status))

    assert reading == Reading(ends=Waits(NotedReason.WAITS_FOR_PAYMENT))
    assert SHOP.name_request(order(status=status)).kind == EventKind.PENDING_SALE


@pytest.mark.parametrize("status", ["failed", "fraudulent"])
def test_order_that_is_never_paid_is_noted(status: str) -> None:
    reading = read(order(status=status))

    assert reading.ends == Waits(NotedReason.PAYMENT_FAILED)
    assert reading.note is not None
    assert SHOP.name_request(order(status=status)).kind == EventKind.KNOWN


def test_order_that_became_a_fraud_meanwhile_mints_nothing() -> None:
    now = order_answer(ORDER, {"status": "fraudulent"})

    assert read(answered(ORDER, now)).ends == Waits(NotedReason.PAYMENT_FAILED)


def test_order_that_was_refunded_meanwhile_tells_its_refund() -> None:
    now = answer(order_path("5261679"), "order_refunded.json")
    page = Answer(items_path("5261679"), 200, items(1).replace(b"5275614", b"5261679"), AT)

    payment, refund = read(answered(ORDER, now, page)).facts
    assert isinstance(payment, Payment)
    assert isinstance(refund, Refund)
    assert (refund.order_id, refund.whole, refund.amount) == (payment.order_id, True, 5831)


def test_answer_from_before_the_event_does_not_count() -> None:
    old = order_answer(ORDER, {"status": "pending", "updated_at": "2025-11-02T09:14:26.000000Z"})

    assert payment_in(read(answered(ORDER, old))).order_id == "5261679"


def test_order_that_the_shop_does_not_know_is_looked_for_among_the_items() -> None:
    waiting = answered(TWO_LINES, unknown(order_path("5275614")))
    asks = read(waiting).asks
    assert asks is not None
    assert asks.path == items_path("5275614")

    listed = answer(asks.path, "order_items_of_the_two_line_order.json")
    lines = payment_in(read(answered(waiting, listed))).lines
    assert [(each.line, each.quantity, each.price) for each in lines] == [
        ("5121011", 1, 4900),
        ("5154051", 2, 3000),
    ]


def test_items_of_several_pages_are_asked_for_one_by_one() -> None:
    waiting = answered(TWO_LINES, unknown(order_path("5275614")))
    first = Answer(items_path("5275614"), 200, items(1, 2, links={"next": "more"}), AT)
    asks = read(answered(waiting, first)).asks
    assert asks is not None
    assert asks.path == items_path("5275614", page=2)

    second = Answer(asks.path, 200, items(3, start=3, links={"next": None}), AT)
    payment = payment_in(read(answered(waiting, first, second)))
    assert [line.quantity for line in payment.lines] == [1, 2, 3]


@pytest.mark.parametrize("page", [items(), items(links={"next": "more"})])
def test_empty_page_is_no_order(page: bytes) -> None:
    waiting = answered(TWO_LINES, unknown(order_path("5275614")))

    reading = read(answered(waiting, Answer(items_path("5275614"), 200, page, AT)))
    assert sentence(reading).startswith("it knows no order of this number")


def test_page_that_comes_again_is_no_further_page() -> None:
    waiting = answered(TWO_LINES, unknown(order_path("5275614")))
    pages = [items(1, links={"next": "more"}), items(1)]
    told = [Answer(items_path("5275614", n), 200, each, AT) for n, each in enumerate(pages, 1)]

    assert "repeats itself" in sentence(read(answered(waiting, *told)))


def test_order_without_its_items_is_looked_for_among_the_items() -> None:
    body = json.loads(order_answer(TWO_LINES).body)
    for document in ({"data": body["data"], "included": []}, {"data": body["data"]}):
        found = json.dumps(document).encode()
        asks = read(answered(TWO_LINES, Answer(order_path("5275614"), 200, found, AT))).asks
        assert asks is not None
        assert asks.path == items_path("5275614")


def test_items_of_other_orders_are_left_out() -> None:
    body = json.loads(order_answer(TWO_LINES).body)
    other = json.loads(order_answer(ORDER).body)["included"]
    variant = {"type": "variants", "id": "1", "attributes": {}}
    found = json.dumps({**body, "included": [*other, variant, *body["included"]]}).encode()

    lines = payment_in(
        read(answered(TWO_LINES, Answer(order_path("5275614"), 200, found, AT)))
    ).lines
    assert [line.line for line in lines] == ["5121011"]


def test_order_in_test_mode_asks_the_test_side_whatever_the_secret() -> None:
    test, live = (read(replace(recorded(each), secret_label="live")).asks for each in ("12", "01"))

    assert test is not None
    assert live is not None
    assert (test.side, live.side) == ("test", "live")


@pytest.mark.parametrize("total", [0, 1, 99, 5831])
def test_lines_add_up_to_the_total(total: int) -> None:
    request = renamed(TWO_LINES, "order_created", total=total)
    found = answer(order_path("5275614"), "order_with_items_included.json")
    body = found.body.replace(b'"total":7900', b'"total":%d' % total)
    lines = payment_in(read(answered(request, replace(found, body=body)))).lines

    assert sum(line.price for line in lines) == total


def test_free_order_of_free_lines_is_a_payment() -> None:
    first = {**json.loads(ORDER.body)["data"]["attributes"]["first_order_item"], "price": 0}
    payment = payment_in(completed(total=0, subtotal=0, tax=0, first_order_item=first))

    assert [line.price for line in payment.lines] == [0]


def test_price_in_yen_has_no_hundredths() -> None:
    payment = payment_in(completed(currency="JPY", total=1200))

    assert (payment.currency, payment.lines[0].price) == ("jpy", 1200)


@pytest.mark.parametrize("email", [None, "", " "])
def test_order_without_an_address_is_a_payment(email: str | None) -> None:
    buyer = payment_in(completed(user_email=email)).buyer

    assert buyer is not None
    assert (buyer.email, buyer.name) == ("", "Nadia Petrov")


def test_corrected_address_replaces_one_that_cannot_be_read() -> None:
    broken = order(user_email="nadia at example.net", user_name="")
    assert "data.attributes.user_email" in sentence(read(broken))

    mended = replace(broken, address="nadia@example.net")
    payment = payment_in(read(answered(mended, order_answer(broken))))
    assert payment.buyer is not None
    assert (payment.buyer.email, payment.buyer.name) == ("nadia@example.net", "nadia")
    assert payment.note is not None


def test_item_without_a_quantity_is_one_copy() -> None:
    waiting = answered(TWO_LINES, unknown(order_path("5275614")))
    page = Answer(items_path("5275614"), 200, items(None), AT)

    lines = payment_in(read(answered(waiting, page))).lines
    assert [line.quantity for line in lines] == [1]


@pytest.mark.parametrize("quantity", [0, 10**9, -1, 1.5, "1", True])
def test_quantity_that_is_none_fails_without_a_question(quantity: object) -> None:
    first = json.loads(ORDER.body)["data"]["attributes"]["first_order_item"]
    reading = read(order(first_order_item={**first, "quantity": quantity}))

    assert reading.asks is None
    assert "first_order_item.quantity must be a whole number" in sentence(reading)


def test_line_is_mapped_by_its_variant_or_its_product() -> None:
    (line,) = payment_in(read(answered(ORDER, order_answer(ORDER)))).lines

    assert isinstance(line, OrderLine)
    assert (*line.product.specific_ids, line.product.product_id) == ("659205", "412751")
