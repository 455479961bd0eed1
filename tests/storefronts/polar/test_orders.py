"""Paid orders and refunds: the traps of Polar's protocol, and bad values."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.event import EventKind, NotedReason
from domain.facts import Ignored, Reading, Refund, Waits, payment_in
from domain.sale import CORRECTED, Product
from storefronts.polar.reading import LAST_BILL, MANUAL
from tests.storefronts.polar.recorded import (
    POLAR,
    body,
    changed,
    error_of,
    payment_of,
    read,
    refund,
    request,
    with_data,
    with_subscription,
)

END = datetime(2026, 11, 2, 10, 2, 4, 118000, UTC)


@pytest.mark.parametrize("reason", ["subscription_update", "subscription_meter_cycle"])
def test_a_bill_of_a_change_or_of_usage_is_ignored_by_its_reason(reason: str) -> None:
    content = with_data("07", billing_reason=reason)
    assert read(content) == Reading(ends=Ignored(reason))
    assert POLAR.name_request(request(content)).kind == EventKind.KNOWN


def test_an_unknown_reason_of_a_bill_mints_nothing() -> None:
    reading = read(with_data("01", billing_reason="gift"))
    assert (reading.facts, reading.ends) == ((), Waits(NotedReason.UNKNOWN_EVENT))


def test_a_charge_by_hand_has_no_product_and_mints_nothing() -> None:
    assert read(with_data("01", product_id=None, product=None)) == MANUAL


@pytest.mark.parametrize("over", [{"status": "canceled"}, {"ended_at": "2026-11-02T10:02:20Z"}])
def test_the_last_usage_bill_of_a_subscription_that_is_over_revives_nothing(
    over: dict[str, str],
) -> None:
    assert read(with_subscription("07", **over)) == LAST_BILL
    assert payment_of(with_subscription("03", **over)).paid_until == END


def test_a_trial_lasts_until_its_end() -> None:
    trial = {"status": "trialing", "trial_end": "2025-11-16T10:02:04Z"}
    content = changed(
        with_subscription("03", **trial), lambda found: found["data"].update(total_amount=0)
    )

    payment = payment_of(content)
    assert payment.paid_until == datetime(2025, 11, 16, 10, 2, 4, tzinfo=UTC)
    assert (payment.lines[0].price, payment.charge) == (0, False)
    untold = with_subscription("03", status="trialing", trial_end=None)
    assert payment_of(untold).paid_until == END


def test_the_first_charge_after_a_trial_is_a_charge_until_the_end_of_its_period() -> None:
    content = with_subscription("07", trial_end="2026-11-02T10:02:04Z", status="active")
    assert payment_of(content).charge


def test_seats_are_those_of_the_subscription_or_of_the_order_or_one() -> None:
    assert payment_of(with_subscription("03", seats=4)).lines[0].quantity == 4
    assert payment_of(with_data("14", seats=7)).lines[0].quantity == 7
    assert payment_of(with_data("14", seats=None)).lines[0].quantity == 1


def test_a_yen_has_no_hundredths_and_a_total_of_nothing_is_a_sale() -> None:
    payment = payment_of(with_data("01", currency="JPY", total_amount=0))
    assert (payment.currency, payment.lines[0].price) == ("jpy", 0)


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"seats": 0}, "data.seats must be a whole number from 1 to 1000000"),
        ({"seats": 10**9}, "data.seats must be a whole number from 1 to 1000000"),
        ({"seats": "3"}, "data.seats must be a whole number"),
        ({"total_amount": None}, "data.total_amount must be a whole number"),
        ({"total_amount": -1}, "data.total_amount must be a whole number from 0"),
        ({"currency": "dollars"}, "data.currency must be a currency's code"),
        ({"id": "a:b"}, "data.id must be 1 to 200 printable characters without a colon"),
        ({"product_id": 17.5, "product": None}, ""),
        ({"billing_reason": 1}, "data.billing_reason must be a text"),
    ],
)
def test_a_bad_value_is_named_by_its_path(members: dict[str, object], what: str) -> None:
    content = with_data("01", **members)
    if what:
        assert error_of(content).startswith(what)
    else:
        assert payment_of(content).lines[0].product == Product("17.5", "17.5")


def test_a_charge_without_its_subscription_is_no_charge() -> None:
    assert "data.subscription_id" in error_of(with_data("07", subscription_id=None))


def test_a_corrected_address_replaces_a_missing_and_an_unreadable_one() -> None:
    unreadable = changed(
        body("01"), lambda found: found["data"]["customer"].update(email="not one")
    )
    assert error_of(unreadable) == "data.customer.email must be one bare e-mail address"
    for content in (unreadable, body("21")):
        asked = replace(request(content), address="right@example.com")
        payment = payment_in(POLAR.read(asked).facts)
        assert payment is not None
        assert payment.buyer is not None
        assert (payment.buyer.email, payment.note) == ("right@example.com", CORRECTED)


def test_a_refund_of_a_part_tells_the_sum_so_far() -> None:
    content = with_data(
        "08", status="partially_refunded", refunded_amount=100, refunded_tax_amount=19
    )
    (fact,) = read(content).facts
    assert isinstance(fact, Refund)
    assert (fact.whole, fact.amount, fact.refund_id) == (False, 119, None)


@pytest.mark.parametrize("name", ["refund.created", "refund.updated"])
@pytest.mark.parametrize(
    ("status", "why", "kind"),
    [
        ("pending", NotedReason.REFUND_REQUESTED, EventKind.REFUND),
        ("succeeded", NotedReason.REFUND, EventKind.REFUND),
        ("failed", NotedReason.REFUND_REJECTED, EventKind.REFUND_REVERSED),
        ("canceled", NotedReason.REFUND_REJECTED, EventKind.REFUND_REVERSED),
    ],
)
def test_a_refund_is_noted_because_the_order_tells_it_too(
    name: str, status: str, why: NotedReason, kind: EventKind
) -> None:
    content = refund(name, status=status)
    assert read(content) == Reading(ends=Waits(why))
    naming = POLAR.name_request(request(content))
    assert (naming.kind, naming.order_id) == (kind, "4204cf8a-d6b2-4aa5-a1d9-2589374ffe1b")


@pytest.mark.parametrize(
    ("status", "whole", "state"), [("succeeded", True, "made"), ("failed", False, "failed")]
)
def test_a_refund_that_prevents_a_dispute_takes_the_order_back(
    status: str, *, whole: bool, state: str
) -> None:
    (fact,) = read(refund(reason="dispute_prevention", status=status)).facts
    assert isinstance(fact, Refund)
    assert (fact.whole, fact.amount, fact.state) == (whole, 5831, state)
    assert fact.refund_id == "7f9d4fd4-4b79-4d35-9a5c-2f0d3c4f6e11"


def test_a_refund_that_may_prevent_a_dispute_is_noted_until_it_is_made() -> None:
    pending = refund(reason="dispute_prevention", status="pending")
    assert read(pending) == Reading(ends=Waits(NotedReason.REFUND_REQUESTED))
