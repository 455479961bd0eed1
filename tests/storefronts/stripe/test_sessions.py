"""Checkout sessions: payment, buyer, money and lines, with all that may be strange in them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind, NotedReason
from domain.facts import Buyer, Ignored, Reading, Waits
from domain.sale import CORRECTED
from storefronts.stripe.buyers import UNREADABLE
from tests.storefronts.stripe.recorded import (
    MEMBER,
    SALE,
    SOLD,
    SUBSCRIBED,
    SUBSCRIPTION,
    SYNC,
    THIN,
    UNPAID,
    Asking,
    Json,
    api_of,
    asking,
    body_of,
    changed,
    event,
    line_items,
    object_of,
    page,
    thin,
)

SESSION_PATH = f"/v1/checkout/sessions/{SOLD}?expand[]=line_items"
LINES_PATH = f"/v1/checkout/sessions/{SOLD}/line_items?limit=100"
SUBSCRIPTION_PATH = f"/v1/subscriptions/{SUBSCRIPTION}"
FAILED = "checkout.session.async_payment_failed"
FIRST_END, SECOND_END = 1793614838, 1825150838


def api_with_lines(lines: Json, total: int = 5831, currency: str = "usd") -> Asking:
    session = {**api_of("session_with_line_items.json"), "line_items": lines}
    return asking({SESSION_PATH: {**session, "amount_total": total, "currency": currency}})


def api_with_quantities(*quantities: int | None) -> Asking:
    return api_with_lines(line_items(*quantities))


def test_a_session_that_only_keeps_a_card_is_ignored() -> None:
    setup = event(SALE, mode="setup", payment_status="no_payment_required")

    assert Asking().read(setup) == Reading(ends=Ignored("checkout.session.completed"))
    assert Asking().named(setup).kind == EventKind.KNOWN


@pytest.mark.parametrize("told", [event(UNPAID, FAILED), thin(FAILED, SOLD)])
def test_a_failed_payment_is_noted_and_asks_nothing(told: Json) -> None:
    assert Asking().read(told) == Reading(ends=Waits(NotedReason.PAYMENT_FAILED))
    assert Asking().paths(told) == []
    assert Asking().named(told).kind == EventKind.PENDING_SALE


def test_a_thin_event_is_paid_by_the_session_of_today() -> None:
    session = changed(api_of("session_with_line_items.json"), payment_status="unpaid")
    api = asking({SESSION_PATH: session})

    assert api.read(body_of(THIN)) == Reading(ends=Waits(NotedReason.WAITS_FOR_PAYMENT))
    assert api.named(body_of(THIN)).kind == EventKind.PENDING_SALE


def test_nothing_to_pay_is_a_sale_of_zero() -> None:
    free = event(SALE, payment_status="no_payment_required", amount_total=0, payment_intent=None)

    assert [each.price for each in Asking().payment(free).lines] == [0]


def test_yen_have_no_smaller_unit() -> None:
    payment = Asking().payment(event(SALE, amount_total=4900, currency="jpy"))

    assert ([each.price for each in payment.lines], payment.currency) == ([4900], "jpy")


def test_prices_of_lines_add_up_to_the_total_with_tax() -> None:
    lines = api_with_quantities(1, 1, 1)

    assert [each.price for each in lines.payment(body_of(SALE)).lines] == [1943, 1944, 1944]


@pytest.mark.parametrize(
    ("quantities", "bought"), [([None], [1]), ([7], [7]), ([0, 2], [2]), ([1_000_000], [1_000_000])]
)
def test_quantity_may_be_null_and_a_line_of_none_buys_nothing(
    quantities: list[int | None], bought: list[int]
) -> None:
    lines = api_with_quantities(*quantities).payment(body_of(SALE)).lines
    assert [each.quantity for each in lines] == bought


@pytest.mark.parametrize(
    ("quantities", "what"),
    [([10**9], "quantity must be a whole number"), ([0], "a line of at least one copy")],
)
def test_a_quantity_that_nobody_sells_is_no_sale(quantities: list[int], what: str) -> None:
    ends = api_with_quantities(*quantities).read(body_of(SALE)).ends
    assert isinstance(ends, SaleInvalidError)
    assert what in ends.sentence


@pytest.mark.parametrize(
    ("email", "buyer", "note"),
    [
        (None, Buyer("", "Nadia Petrov"), None),
        ("", Buyer("", "Nadia Petrov"), None),
        ("a@example.net, b@example.net", Buyer("", "Nadia Petrov"), UNREADABLE),
    ],
)
def test_an_order_without_a_usable_address_is_a_sale(
    email: str | None, buyer: Buyer, note: str | None
) -> None:
    payment = Asking().payment(event(SALE, customer_details__email=email))
    assert (payment.buyer, payment.note) == (buyer, note)


def test_a_corrected_address_replaces_that_of_the_session() -> None:
    request = Asking().completed(event(SALE, customer_details__email="broken"))
    (payment,) = Asking().stripe.read(replace(request, address="right@example.net")).facts

    assert getattr(payment, "buyer", None) == Buyer("right@example.net", "Nadia Petrov")
    assert getattr(payment, "note", None) == CORRECTED


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ({"individual_name": "Nadia", "business_name": "Petrov Ltd"}, "Nadia"),
        ({"business_name": "Petrov Ltd"}, "Petrov Ltd"),
        ({}, "nadia"),
    ],
)
def test_a_buyer_without_a_name_has_the_next_best(names: dict[str, str], name: str) -> None:
    details = {"email": "nadia@example.net", "name": None, **names}

    payment = Asking().payment(event(SALE, customer_details=details))
    assert payment.buyer == Buyer("nadia@example.net", name)


def test_more_than_ten_lines_come_from_their_own_pages() -> None:
    embedded = {**line_items(1), "has_more": True}
    first, last = line_items(1, 2)["data"]
    api = replace(
        api_with_lines(embedded),
        api={
            **api_with_lines(embedded).api,
            LINES_PATH: page(first, more=True),
            f"{LINES_PATH}&starting_after=li_0": page(last),
        },
    )

    assert [each.line for each in api.payment(body_of(SALE)).lines] == ["li_0", "li_1"]
    assert len(api.paths(body_of(SALE))) == 3


@pytest.mark.parametrize("then", [page(more=True), page({"id": "li_0"}, more=True), None])
def test_pages_that_do_not_end_are_no_order(then: Json | None) -> None:
    embedded = {**line_items(1), "has_more": True}
    pages = {LINES_PATH: page({"id": "li_0"}, more=True)}
    later = {} if then is None else {f"{LINES_PATH}&starting_after=li_0": then}
    api = asking({**api_with_lines(embedded).api, **pages, **later})

    ends = api.read(body_of(SALE)).ends
    assert isinstance(ends, SaleInvalidError)
    assert "the pages of its list must end" in ends.sentence


def test_an_unknown_session_is_no_sale() -> None:
    for told in (SALE, THIN):
        ends = Asking({}).read(body_of(told)).ends
        assert isinstance(ends, SaleInvalidError)
        assert "Stripe's API must know the" in ends.sentence


def test_prices_name_the_lines_of_a_subscription() -> None:
    item = api_of("line_items_of_02.json")["data"][0]
    other = changed(item, id="li_other", price__id="price_other")
    again = changed(item, id="li_again")
    path = f"/v1/checkout/sessions/{SUBSCRIBED}/line_items?limit=100"

    lines = asking({path: page(item, other, again)}).payment(body_of(MEMBER)).lines
    assert [each.subscription_line for each in lines] == [SYNC, "price_other", f"{SYNC}#2"]


def test_a_single_price_beside_a_subscription_is_paid_once() -> None:
    item = api_of("line_items_of_02.json")["data"][0]
    single = changed(item, id="li_single", price__id="price_single", price__recurring=None)
    path = f"/v1/checkout/sessions/{SUBSCRIBED}/line_items?limit=100"

    lines = asking({path: page(item, single)}).payment(body_of(MEMBER)).lines
    assert [each.once for each in lines] == [False, True]
    assert [each.once for each in Asking().payment(body_of(SALE)).lines] == [False]


def subscription(start: int, end: int) -> Json:
    state = object_of("13_subscription_deleted")
    item = changed(state["items"]["data"][0], current_period_start=start, current_period_end=end)
    return changed(state, items__data=[item])


def before_2025(start: int, end: int) -> Json:
    state = subscription(start, end)
    item = state["items"]["data"][0]
    kept = {name: text for name, text in item.items() if not name.startswith("current_period")}
    told = {**state, "current_period_start": start, "current_period_end": end}
    return changed(told, items__data=[kept])


@pytest.mark.parametrize("shape", [subscription, before_2025])
def test_a_subscription_tells_the_first_end(shape: object) -> None:
    assert callable(shape)
    payment = asking({SUBSCRIPTION_PATH: shape(1762078838, FIRST_END)}).payment(body_of(MEMBER))

    assert payment.paid_until == datetime.fromtimestamp(FIRST_END, UTC)


def test_a_late_reading_takes_the_first_end_of_the_orders_own_invoice() -> None:
    invoice = object_of("03_invoice_paid_subscription_create")
    later = {SUBSCRIPTION_PATH: subscription(FIRST_END, SECOND_END)}
    known = {**later, f"/v1/invoices/{invoice['id']}": invoice}

    assert asking(later).payment(body_of(MEMBER)).paid_until is None
    paid_until = asking(known).payment(body_of(MEMBER)).paid_until
    assert paid_until == datetime.fromtimestamp(FIRST_END, UTC)
