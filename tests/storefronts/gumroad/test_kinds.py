"""A ping names its kind and its order, and may be no sale at all."""

from collections.abc import Callable, Mapping

import pytest

from domain.errors import SaleInvalidError
from domain.event import EventKind, IgnoredReason
from domain.facts import Ignored
from domain.sale import Sale
from storefronts.base import Naming, StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.support.sales import sale_in

FormWith = Callable[[str, Mapping[str, str | None]], StoredRequest]
SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]


@pytest.mark.parametrize(
    ("changes", "kind", "why"),
    [
        ({"refunded": "true"}, "sale", "refunded"),
        ({"is_recurring_charge": "true", "refunded": "true"}, "recurring_charge", "refunded"),
        ({"is_preorder_authorization": "true", "refunded": "true"}, "preorder", "preorder"),
        ({"resource_name": None, "test": "true"}, "test_ping", "test_ping"),
        ({"resource_name": "", "test": "true"}, "test_ping", "test_ping"),
    ],
)
def test_what_is_no_sale_to_fulfil_is_ignored_by_name(
    changes: dict[str, str | None], kind: str, why: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ping = sale_with(changes)

    read = sale_in(gumroad, ping)
    assert isinstance(read, Ignored)
    assert read.why == why
    assert gumroad.name_request(ping).kind == kind


def test_a_recurring_charge_without_its_subscription_is_refused(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    with pytest.raises(SaleInvalidError, match="a recurring charge must have a subscription_id"):
        sale_in(gumroad, sale_with({"is_recurring_charge": "true", "subscription_id": None}))


def test_a_ping_without_resource_name_and_test_is_a_sale(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ping = sale_with({"resource_name": None})

    assert isinstance(sale_in(gumroad, ping), Sale)
    assert gumroad.name_request(ping).kind == "sale"


@pytest.mark.parametrize(
    "changes", [{"resource_name": "payout"}, {"is_recurring_charge": "perhaps"}]
)
def test_a_ping_that_cannot_be_told_is_of_unknown_kind(
    changes: dict[str, str | None], gumroad: Gumroad, sale_with: SaleWith
) -> None:
    assert gumroad.name_request(sale_with(changes)).kind == "unknown"


@pytest.mark.parametrize(
    ("changes", "order_id", "product_id"),
    [
        ({"sale_id": "event:1"}, None, "p"),
        ({"sale_id": "a\nb"}, None, "p"),
        ({"sale_id": None}, None, "p"),
        ({"custom_fields[sale_id]": "s"}, None, "p"),
        ({"product_id": "p\x00"}, "s", None),
        ({"product_id": "p:1"}, "s", "p:1"),
        ({"custom_fields[product_id]": "p"}, "s", None),
        ({"custom_fields[GitHub user]": "adab"}, "s", "p"),
    ],
)
def test_an_id_that_is_unusable_or_the_buyers_own_is_none(
    changes: dict[str, str | None],
    order_id: str | None,
    product_id: str | None,
    gumroad: Gumroad,
    sale_with: SaleWith,
) -> None:
    ping = sale_with({"sale_id": "s", "product_id": "p", **changes})

    products = () if product_id is None else (product_id,)
    assert gumroad.name_request(ping) == Naming(EventKind.SALE, order_id, products)


def test_a_sale_id_given_twice_differently_names_no_order(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ping = sale_with({})
    twice = StoredRequest(ping.content_type, ping.body + b"&sale_id=other", ping.received_at)

    assert gumroad.name_request(twice) == Naming(
        EventKind.SALE, None, ("fEv7TDvUDEKb-yaNdbudow==",)
    )


@pytest.mark.parametrize("changes", [{}, {"resource_name": "refund"}, {"test": "true"}])
def test_another_sellers_ping_is_ignored_as_foreign(
    changes: dict[str, str | None], sale_with: SaleWith
) -> None:
    gumroad = Gumroad(["invented-secret"], seller_id="another==")

    assert sale_in(gumroad, sale_with(changes)) == Ignored(IgnoredReason.FOREIGN_SELLER)


@pytest.mark.parametrize("seller_id", ["suQPsAruPpWb_5E1C8BRkw==", None])
def test_the_sellers_own_sale_is_a_sale(seller_id: str | None, sale_with: SaleWith) -> None:
    assert isinstance(sale_in(Gumroad(["invented-secret"], seller_id), sale_with({})), Sale)


def test_an_event_that_names_no_seller_is_not_foreign(form_with: FormWith) -> None:
    gumroad = Gumroad(["invented-secret"], seller_id="another==")

    assert len(gumroad.read(form_with("16_cancellation_by_buyer.form", {})).facts) == 1
