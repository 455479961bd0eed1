"""Payments of Paddle: origins, lines, money, times and buyers."""

from datetime import UTC, datetime

import pytest

from domain.event import NotedReason
from domain.facts import Ignored, Waits
from storefronts.base import StoredRequest
from storefronts.paddle.money import spread
from tests.storefronts.paddle.bodies import (
    FIRST,
    ONE_TIME,
    RENEWAL,
    Line,
    changed,
    customer,
    payment,
    read,
    what_is_wrong,
    with_lines,
)


@pytest.mark.parametrize("origin", ["web", "api"])
def test_sale_at_a_checkout_or_by_the_sellers_server_is_a_payment(origin: str) -> None:
    assert not payment(changed(ONE_TIME, {"data.origin": origin})).charge


@pytest.mark.parametrize(
    "origin", ["subscription_update", "subscription_charge", "subscription_payment_method_change"]
)
def test_payment_for_a_change_is_ignored_by_its_origin(origin: str) -> None:
    reading = read(changed(RENEWAL, {"data.origin": origin}, customer()))

    assert (reading.facts, reading.ends, reading.asks) == ((), Ignored(origin), None)


def test_payment_of_an_unknown_origin_is_an_unknown_event() -> None:
    assert read(changed(ONE_TIME, {"data.origin": "moon"})).ends == Waits(NotedReason.UNKNOWN_EVENT)


def test_renewal_without_a_subscription_is_none() -> None:
    request = changed(RENEWAL, {"data.subscription_id": None})

    assert what_is_wrong(request).startswith("data.subscription_id is missing")


def test_each_line_has_its_own_id_from_the_details() -> None:
    lines = payment(with_lines(ONE_TIME, Line("pri_a", "pro_a", 2), Line("pri_b", "pro_b"))).lines

    assert [(each.line, each.product.product_id, each.quantity) for each in lines] == [
        ("txnitm_1", "pro_a", 2),
        ("txnitm_2", "pro_b", 1),
    ]
    assert [each.subscription_line for each in lines] == ["", ""]


def test_one_price_may_stand_there_twice() -> None:
    twice = Line("pri_a", "pro_a", 2, 2000), Line("pri_a", "pro_a", 3, 3000)
    lines = payment(with_lines(FIRST, *twice)).lines

    assert [(each.line, each.quantity, each.price) for each in lines] == [
        ("txnitm_1", 2, 2000),
        ("txnitm_2", 3, 3000),
    ]
    assert [each.subscription_line for each in lines] == ["pri_a", "pri_a#2"]


def test_price_made_for_one_sale_is_mapped_by_its_product() -> None:
    custom = with_lines(ONE_TIME, Line("pri_own", "pro_a", kind="custom"))
    (line,) = payment(custom).lines

    assert (line.product.product_id, line.product.specific_ids) == ("pro_a", ())


def test_line_that_is_paid_once_belongs_to_no_subscription() -> None:
    lines = Line("pri_a", "pro_a"), Line("pri_b", "pro_b", recurs=False)
    recurring, once = payment(with_lines(FIRST, *lines)).sales("paddle")

    assert recurring.subscription_id is not None
    assert recurring.paid_until is not None
    assert (once.subscription_id, once.paid_until, once.subscription_line) == (None, None, "")


def test_charge_beside_a_renewal_is_no_product_and_a_part_of_its_price() -> None:
    lines = Line("pri_a", "pro_a", total=900), Line("pri_b", "pro_b", total=100, recurs=False)
    (line,) = payment(with_lines(RENEWAL, *lines)).lines

    assert (line.product.product_id, line.price) == ("pro_a", 1000)


def test_item_without_details_is_named_by_its_path() -> None:
    request = with_lines(ONE_TIME, Line("pri_a", "pro_a"), data__details__line_items=[])

    assert what_is_wrong(request) == "data.details.line_items must have data.items[0] as well"


@pytest.mark.parametrize("quantity", [None, 0, -1, 1.5, "1", 10**9, True])
def test_quantity_that_is_none_is_named_by_its_path(quantity: object) -> None:
    request = changed(ONE_TIME, {"data.items.0.quantity": quantity})

    assert what_is_wrong(request).startswith("data.items[0].quantity must be a whole number")


def test_transaction_without_items_is_no_sale() -> None:
    assert what_is_wrong(with_lines(ONE_TIME)) == "data.items must have an item"


@pytest.mark.parametrize(("total", "prices"), [(3000, [1000, 2000]), (0, [0, 0]), (10, [4, 6])])
def test_prices_of_the_lines_add_up_to_the_total_after_credit(
    total: int, prices: list[int]
) -> None:
    lines = Line("pri_a", "pro_a", total=1000), Line("pri_b", "pro_b", total=2000)

    found = payment(with_lines(ONE_TIME, *lines, total=total)).lines
    assert [each.price for each in found] == prices


def test_total_of_lines_without_a_price_stands_on_the_first() -> None:
    assert spread([0, 0], 7) == [7, 0]


def test_free_order_is_a_sale_without_payments() -> None:
    free = with_lines(ONE_TIME, Line("pri_a", "pro_a", total=0), data__payments=[])

    assert [each.price for each in payment(free).lines] == [0]


def test_currency_without_hundredths_keeps_its_number() -> None:
    found = payment(changed(ONE_TIME, {"data.currency_code": "JPY"}))

    assert (found.currency, found.lines[0].price) == ("jpy", 5831)


@pytest.mark.parametrize("amount", ["", "-1", "58.31", None, True, "1" * 20])
def test_amount_that_is_none_is_named_by_its_path(amount: object) -> None:
    request = changed(ONE_TIME, {"data.details.line_items.0.totals.total": amount})

    assert what_is_wrong(request).startswith("data.details.line_items[0].totals.total")


def test_invoice_counts_from_the_time_of_its_money() -> None:
    paid = {"data.payments.0.captured_at": "2025-11-20T08:00:00Z"}
    request = changed(ONE_TIME, paid)
    request = StoredRequest(
        request.content_type,
        request.body,
        datetime(2025, 11, 20, 9, tzinfo=UTC),
        answers=request.answers,
    )

    assert payment(request).at == datetime(2025, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"data.payments": []}, "2025-11-02T09:14:27.381204+00:00"),
        ({"data.payments.0.captured_at": None}, "2025-11-02T09:14:27.381204+00:00"),
        ({"data.payments": [], "data.billed_at": None}, "2025-11-02T09:14:29.112938+00:00"),
    ],
)
def test_transaction_without_captured_money_counts_from_its_bill_or_its_event(
    changes: dict[str, object], at: str
) -> None:
    assert payment(changed(ONE_TIME, changes)).at == datetime.fromisoformat(at)


def test_period_on_an_invoice_ends_no_license_that_is_bought_once() -> None:
    period = {"starts_at": "2025-11-01T00:00:00Z", "ends_at": "2025-12-01T00:00:00Z"}

    assert payment(changed(ONE_TIME, {"data.billing_period": period})).paid_until is None


def test_trial_is_a_payment_of_nothing_until_its_end() -> None:
    trial = with_lines(FIRST, Line("pri_a", "pro_a", total=0))
    found = payment(trial)

    assert (found.lines[0].price, found.paid_until) == (
        0,
        datetime(2026, 11, 2, 10, 2, 4, 118000, UTC),
    )


def test_page_of_the_seller_decides_nothing() -> None:
    claims = {"product_id": "pro_b", "email": "other@example.net", "test": True, "quantity": 100}

    assert payment(changed(ONE_TIME, {"data.custom_data": claims})) == payment(
        changed(ONE_TIME, {})
    )
