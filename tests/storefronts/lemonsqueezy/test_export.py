"""Lemon Squeezy's exports: the fields of its API as columns, and their names in the dashboard."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from domain.sale import Product
from domain.wanted import OrderName, Wanted
from storefronts.cells import Cells, fold_name
from storefronts.exports import LeftOut, Told
from storefronts.registry import exports

NOW = datetime(2026, 11, 28, tzinfo=UTC)
KEY = "80E15DB5-C796-436B-850C-8F9C98A48ABE"
API = {
    "identifier": "1",
    "order_id": "77",
    "order_item_id": "5",
    "product_id": "12",
    "product_name": "Lumen",
    "variant_name": "Pro",
    "user_name": "Ada Buyer",
    "user_email": "ada@example.com",
    "key": KEY,
    "activation_limit": "3",
    "status": "inactive",
    "disabled": "false",
    "expires_at": "2027-01-24T14:15:07.000000Z",
    "created_at": "2026-01-24T14:15:07.000000Z",
}
DASHBOARD = {
    "License key": KEY,
    "Customer name": "Ada Buyer",
    "Customer email": "ada@example.com",
    "Product": "Lumen",
    "Order": "#77",
    "Status": "Active",
    "Activation limit": "3",
    "Created": "Jan 24, 2026",
}
ORDERS = {
    "Order number": "77",
    "User email": "ada@example.com",
    "User name": "Ada Buyer",
    "Product name": "Lumen",
    "Status": "paid",
    "Created at": "2026-01-24",
}


def read(line: Mapping[str, str]) -> Told:
    columns = {fold_name(name): place for place, name in enumerate(line)}
    form = next(form for form in exports() if form.recognizes(frozenset(columns)))
    return form.read(Cells(columns, tuple(line.values()), NOW))


def test_license_key_is_a_wanted_license() -> None:
    assert read(API) == Wanted(
        email="ada@example.com",
        name="Ada Buyer",
        product=Product("12", "Lumen", ("Lumen",)),
        options=("Pro",),
        issued_at=datetime(2026, 1, 24, 14, 15, 7, tzinfo=UTC),
        until=datetime(2027, 1, 24, 14, 15, 7, tzinfo=UTC),
        key=KEY,
        source="lemonsqueezy",
        order=OrderName("lemonsqueezy", "77", "5"),
    )


@pytest.mark.parametrize(("line", "key"), [(DASHBOARD, KEY), (ORDERS, None)])
def test_names_of_the_dashboard_are_known(line: Mapping[str, str], key: str | None) -> None:
    told = read(line)
    assert isinstance(told, Wanted)
    assert (told.key, told.order) == (key, OrderName("lemonsqueezy", "77"))
    assert (told.product, told.until) == (Product("Lumen", "Lumen"), None)


@pytest.mark.parametrize(
    "line",
    [
        API | {"status": "disabled"},
        API | {"disabled": "true"},
        API | {"test_mode": "true"},
        ORDERS | {"Status": "refunded"},
        ORDERS | {"Status": "pending"},
        ORDERS | {"Refunded": "1"},
        ORDERS | {"Test mode": "1"},
    ],
)
def test_line_that_means_no_license_is_left_out(line: Mapping[str, str]) -> None:
    assert isinstance(read(line), LeftOut)
