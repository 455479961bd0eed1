"""Invoices of Lemon Squeezy: renewals, and money that went back."""

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind, NotedReason
from domain.facts import (
    Ignored,
    Payment,
    Reading,
    Refund,
    Waits,
)
from storefronts.base import StoredRequest
from tests.storefronts.lemonsqueezy.told import (
    SHOP,
    answered,
    read,
    recorded,
    renamed,
    subscription_answer,
    unknown,
)


def invoice(name: str, **attributes: object) -> StoredRequest:
    return renamed(recorded("05"), name, **attributes)


def test_renewal_of_an_unknown_subscription_waits_for_a_better_answer() -> None:
    reading = read(answered(recorded("05"), unknown("/v1/subscriptions/1131464")))

    assert isinstance(reading.ends, SaleInvalidError)
    assert reading.ends.what.startswith("it knows no subscription of this number")


def test_renewal_has_the_quantity_of_the_subscription() -> None:
    found = subscription_answer(first_subscription_item={"quantity": 4})
    payment = read(answered(recorded("05"), found)).facts[0]

    assert isinstance(payment, Payment)
    assert payment.lines[0].quantity == 4


def test_renewal_that_was_refunded_meanwhile_tells_its_refund() -> None:
    refunded = invoice(
        "subscription_payment_success",
        refunded=True,
        refunded_amount=12000,
        refunded_at="2026-11-03T10:00:00.000000Z",
    )
    *_, refund = read(answered(refunded, subscription_answer())).facts

    assert isinstance(refund, Refund)
    assert (refund.order_id, refund.whole) == ("invoice-2708437", True)


@pytest.mark.parametrize("reason", ["initial", "updated"])
def test_invoice_of_an_order_or_of_a_plan_change_is_not_needed(reason: str) -> None:
    request = invoice("subscription_payment_success", billing_reason=reason)

    assert read(request) == Reading(ends=Ignored("subscription_payment_success"))
    assert SHOP.name_request(request).kind == EventKind.KNOWN


def test_invoice_for_an_unknown_reason_is_noted() -> None:
    reading = read(invoice("subscription_payment_success", billing_reason="of_next_year"))

    assert reading.ends == Waits(NotedReason.UNKNOWN_EVENT)
    assert reading.note is not None


@pytest.mark.parametrize(("amount", "whole"), [(12000, True), (100, False)])
def test_refund_of_a_renewal(amount: int, whole: bool) -> None:  # noqa: FBT001 - one of two kinds
    request = invoice("subscription_payment_refunded", refunded_amount=amount, refunded=whole)
    (refund,) = read(request).facts

    assert isinstance(refund, Refund)
    assert (refund.order_id, refund.whole, refund.amount) == ("invoice-2708437", whole, amount)
    assert SHOP.name_request(request).order_id == "invoice-2708437"


def test_refund_of_the_first_invoice_is_that_of_the_order() -> None:
    refunded = {"billing_reason": "initial", "refunded": True}
    request = invoice("subscription_payment_refunded", **refunded)
    asks = read(request).asks
    assert asks is not None
    assert SHOP.name_request(request).kind == EventKind.REFUND

    known = answered(request, subscription_answer())
    (refund,) = read(known).facts
    assert isinstance(refund, Refund)
    assert refund.order_id == SHOP.name_request(known).order_id == "5271535"


def test_refund_of_the_first_invoice_of_an_unknown_subscription_is_kept() -> None:
    refunded = {"billing_reason": "initial", "refunded": True}
    request = invoice("subscription_payment_refunded", **refunded)

    (refund,) = read(answered(request, unknown("/v1/subscriptions/1131464"))).facts
    assert isinstance(refund, Refund)
    assert refund.order_id == "invoice-2708437"


def test_refund_of_the_money_for_a_plan_change_is_noted() -> None:
    reading = read(invoice("subscription_payment_refunded", billing_reason="updated"))

    assert (reading.facts, reading.ends) == ((), Waits(NotedReason.PARTIAL_REFUND))
    assert reading.note is not None
