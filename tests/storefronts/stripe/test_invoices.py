"""Paid invoices, in the shape before and since API 2025-03-31."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.facts import Buyer, Ignored, Reading, SubscriptionLink
from tests.storefronts.stripe.recorded import (
    DELETED,
    FIRST_INVOICE,
    RENEWAL,
    RENEWAL_BEFORE,
    RENEWED,
    SUBSCRIBED,
    SUBSCRIPTION,
    SYNC,
    Asking,
    Json,
    api_of,
    asking,
    body_of,
    changed,
    event,
    object_of,
    page,
    thin,
)

SESSIONS_PATH = f"/v1/checkout/sessions?subscription={SUBSCRIPTION}"
SHAPES = pytest.mark.parametrize("name", [RENEWAL, RENEWAL_BEFORE])
LATER = 1900000000


def line_of(name: str) -> Json:
    line: Json = object_of(name)["lines"]["data"][0]
    return line


def other_line(name: str, **changes: object) -> Json:
    price = "price__id" if name == RENEWAL_BEFORE else "pricing__price_details__price"
    return changed(line_of(name), id="il_other", **{price: "price_other"}, **changes)


def prorated(name: str) -> Json:
    """Return a line for a part of a period, which ends later than all others, and gives back."""
    inner = "" if name == RENEWAL_BEFORE else "parent__subscription_item_details__"
    changes: dict[str, Any] = {f"{inner}proration": True, "amount": -500}
    return changed(line_of(name), id="il_part", period__end=LATER, **changes)


@SHAPES
def test_prorations_pay_for_no_period_and_are_no_lines(name: str) -> None:
    lines = [prorated(name), line_of(name)]
    payment = Asking().payment(event(name, lines__data=lines))

    assert payment.paid_until == datetime.fromtimestamp(1825150838, UTC)
    assert [each.line for each in payment.lines] == [line_of(name)["id"]]


@SHAPES
def test_a_renewal_of_several_prices_names_each_and_ends_with_the_latest(name: str) -> None:
    lines = [line_of(name), other_line(name, period__end=LATER, quantity=None)]
    payment = Asking().payment(event(name, lines__data=lines, amount_paid=26180))

    told = [(each.subscription_line, each.quantity, each.price) for each in payment.lines]
    assert told == [(SYNC, 1, 13090), ("price_other", 1, 13090)]
    assert payment.paid_until == datetime.fromtimestamp(LATER, UTC)


def test_the_subscription_tells_the_lookup_keys_that_an_invoice_lacks() -> None:
    api = asking({f"/v1/subscriptions/{SUBSCRIPTION}": object_of(DELETED)})
    (bought,) = api.payment(body_of(RENEWAL)).lines

    assert bought.product.specific_ids == (SYNC, "sync")
    assert api.paths(body_of(RENEWAL_BEFORE)) == []


def test_many_lines_come_from_their_own_pages() -> None:
    pages = f"/v1/invoices/{RENEWED}/lines?limit=100"
    told = event(RENEWAL_BEFORE, lines__has_more=True)
    lines = page(line_of(RENEWAL_BEFORE), other_line(RENEWAL_BEFORE))

    assert len(asking({pages: lines}).payment(told).lines) == 2


def test_a_thin_renewal_is_the_invoice_of_today() -> None:
    told = thin("invoice.paid", RENEWED)

    assert Asking().payment(told) == Asking().payment(body_of(RENEWAL_BEFORE))
    assert Asking().named(told).kind == EventKind.RECURRING_CHARGE


@pytest.mark.parametrize(
    "reason", ["subscription_update", "subscription_threshold", "manual", None]
)
def test_an_invoice_for_another_reason_is_ignored_by_name(reason: str | None) -> None:
    told = event(RENEWAL, billing_reason=reason)

    assert Asking().read(told) == Reading(ends=Ignored("invoice.paid"))
    assert Asking().named(told).kind == EventKind.KNOWN


def test_an_invoice_without_a_subscription_is_ignored_by_name() -> None:
    assert Asking().read(event(RENEWAL, parent=None)) == Reading(ends=Ignored("invoice.paid"))


def test_a_renewal_without_a_line_of_the_subscription_is_no_payment() -> None:
    ends = Asking().read(event(RENEWAL, lines__data=[])).ends
    assert isinstance(ends, SaleInvalidError)
    assert "lines.data must have a line of the subscription" in ends.sentence


@pytest.mark.parametrize("sessions", [{SESSIONS_PATH: page()}, {}])
def test_a_subscription_without_a_session_is_a_sale_under_its_own_name(sessions: Json) -> None:
    api = Asking(sessions)
    payment = api.payment(body_of(FIRST_INVOICE))

    assert (payment.order_id, payment.subscription_id) == (SUBSCRIPTION, SUBSCRIPTION)
    assert (payment.charge, payment.buyer) == (False, Buyer("lucas@example.net", "Lucas Faye"))
    assert [each.product.name for each in payment.lines] == ["Inkwell Sync"]
    assert api.named(body_of(FIRST_INVOICE)).kind == EventKind.SALE
    assert api.named(body_of(FIRST_INVOICE)).order_id == SUBSCRIPTION


def test_single_items_of_the_first_invoice_are_lines_of_the_sale_and_no_renewal() -> None:
    single = other_line(RENEWAL_BEFORE, type="invoiceitem", subscription_item=None)
    lines = [line_of(RENEWAL_BEFORE), single]
    first = event(RENEWAL_BEFORE, billing_reason="subscription_create", lines__data=lines)

    assert [each.once for each in Asking({}).payment(first).lines] == [False, True]
    assert len(Asking({}).payment(event(RENEWAL_BEFORE, lines__data=lines)).lines) == 1


def test_the_first_invoice_in_the_shape_before_links_the_subscription() -> None:
    first = event(RENEWAL_BEFORE, billing_reason="subscription_create")
    (link,) = Asking().facts(first, SubscriptionLink)

    assert (link.subscription_id, link.order_id) == (SUBSCRIPTION, SUBSCRIBED)
    assert link.paid_until == datetime.fromtimestamp(1825150838, UTC)


def test_the_question_for_the_session_names_the_subscription_alone() -> None:
    assert Asking().paths(body_of(FIRST_INVOICE)) == [SESSIONS_PATH]
    assert api_of("sessions_by_subscription.json")["data"][0]["id"] == SUBSCRIBED
