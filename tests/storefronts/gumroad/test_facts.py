"""The facts in Gumroad's pings, beside the sale itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from domain.errors import SaleInvalidError
from domain.facts import Dispute, Ignored, Payment, Refund, SubscriptionState
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad

Recorded = Callable[[str], StoredRequest]
SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]


@pytest.mark.parametrize(
    ("name", "whole"), [("12_refund_full.form", True), ("13_refund_partial.form", False)]
)
def test_refund_says_whether_it_is_whole_and_no_amount(
    name: str, gumroad: Gumroad, recorded: Recorded, *, whole: bool
) -> None:
    (fact,) = gumroad.read(recorded(name)).facts

    assert isinstance(fact, Refund)
    assert (fact.whole, fact.amount) == (whole, None)


def test_cancellation_ends_the_renewals_of_its_subscription(
    gumroad: Gumroad, recorded: Recorded
) -> None:
    (fact,) = gumroad.read(recorded("16_cancellation_by_buyer.form")).facts

    assert isinstance(fact, SubscriptionState)
    assert (fact.subscription_id, fact.renews) == ("ECua5G0LmWGylaHQQuiS0A==", False)


@pytest.mark.parametrize(
    ("flags", "state"),
    [({"disputed": "true"}, "open"), ({"disputed": "true", "dispute_won": "true"}, "won")],
)
def test_sale_that_is_disputed_is_a_payment_and_a_dispute(
    flags: dict[str, str], state: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    payment, dispute = gumroad.read(sale_with(flags)).facts

    assert isinstance(payment, Payment)
    assert isinstance(dispute, Dispute)
    assert dispute.state == state


def test_sale_that_cannot_be_read_tells_its_dispute_nonetheless(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    (fact,) = gumroad.read(sale_with({"disputed": "true", "email": "no address"})).facts

    assert isinstance(fact, Dispute)


@pytest.mark.parametrize(
    "changes",
    [{"resource_name": None, "test": "true"}, {"refunded": "maybe"}, {"sale_id": "a:b"}],
)
def test_ping_of_no_order_tells_no_fact(
    changes: dict[str, str | None], gumroad: Gumroad, sale_with: SaleWith
) -> None:
    assert gumroad.read(sale_with(changes)).facts == ()


def test_ping_that_names_two_kinds_tells_its_dispute_nonetheless(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ping = sale_with({"disputed": "true"})
    two = replace(ping, body=ping.body + b"&resource_name=refund")
    reading = gumroad.read(two)

    assert isinstance(reading.ends, SaleInvalidError)
    assert [type(fact) for fact in reading.facts] == [Dispute]


@pytest.mark.parametrize(
    ("flags", "told"),
    [({}, []), ({"refunded": "true"}, [Refund]), ({"disputed": "true"}, [Dispute])],
)
def test_another_sellers_ping_tells_no_payment(
    flags: dict[str, str], told: list[type], sale_with: SaleWith
) -> None:
    reading = Gumroad((), "another==").read(sale_with(flags))

    assert [type(fact) for fact in reading.facts] == told
    assert isinstance(reading.ends, Ignored)
