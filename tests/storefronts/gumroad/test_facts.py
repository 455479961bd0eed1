"""The facts in Gumroad's pings, beside the sale itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from domain.errors import SaleInvalidError
from domain.event import IgnoredReason
from domain.facts import Dispute, Ignored, Payment, Refund
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad

SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]


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


@pytest.mark.parametrize("name", ["sale", "recurring_charge"])
def test_refunded_copy_of_a_sale_tells_its_refund_and_its_dispute(
    name: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    charge = "true" if name == "recurring_charge" else None
    flags = {"refunded": "true", "disputed": "true", "is_recurring_charge": charge}
    reading = gumroad.read(sale_with(flags))

    assert reading.ends == Ignored(IgnoredReason.REFUNDED)
    assert [type(fact) for fact in reading.facts] == [Refund, Dispute]
