"""A seller's custom field may bear the name of one of Gumroad's own and overwrite it."""

from collections.abc import Callable, Mapping

import pytest

from domain.errors import SaleInvalidError
from domain.sale import Sale
from storefronts.base import Ping
from storefronts.gumroad import Gumroad

SaleWith = Callable[[Mapping[str, str | None]], Ping]


def parsed(gumroad: Gumroad, ping: Ping) -> Sale:
    sale = gumroad.parse(ping)
    assert isinstance(sale, Sale)
    return sale


@pytest.mark.parametrize("field", ["email", "product_id", "sale_id"])
def test_a_sale_whose_core_a_custom_field_overwrote_is_refused(
    field: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    with pytest.raises(SaleInvalidError) as raised:
        gumroad.parse(sale_with({f"custom_fields[{field}]": "the buyer's words"}))

    what = (
        f"a custom field of the product is named {field} and overwrites Gumroad's own; "
        "it must have another name"
    )
    assert raised.value.sentence == SaleInvalidError(what).sentence


@pytest.mark.parametrize(
    ("field", "bought", "read"),
    [
        ("quantity", "999", {"quantity": 1}),
        ("quantity", "as many as you have", {"quantity": 1}),
        ("price", "nothing", {"price_cents": 0}),
        ("resource_name", "refund", {"order_id": "HyMdzSI-iPve8n-plNxMHA=="}),
        ("refunded", "true", {"order_id": "HyMdzSI-iPve8n-plNxMHA=="}),
        ("test", "true", {"test": False}),
        ("full_name", "Eve", {"name": "ada.buyer"}),
    ],
)
def test_what_a_custom_field_overwrote_is_not_believed_and_the_sale_goes_on(
    field: str,
    bought: str,
    read: dict[str, object],
    gumroad: Gumroad,
    sale_with: SaleWith,
) -> None:
    ping = sale_with({field: bought, f"custom_fields[{field}]": bought})

    sale = parsed(gumroad, ping)
    assert {name: getattr(sale, name) for name in read} == read


def test_a_custom_field_cannot_choose_the_product(gumroad: Gumroad, sale_with: SaleWith) -> None:
    fields = ("permalink", "short_product_id", "product_permalink", "variants")
    ping = sale_with(
        dict.fromkeys(fields, "pro")
        | {f"custom_fields[{field}]": "pro" for field in fields}
        | {"variants%5BTier%5D": "Pro", "custom_fields[variants%5BTier%5D]": "Pro"}
    )

    product = parsed(gumroad, ping).product
    assert (product.aliases, product.variants) == ((), ())


def test_fields_that_were_not_trusted_are_named_in_the_sales_note(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    sale = gumroad.parse(
        sale_with({"custom_fields[quantity]": "9", "quantity": "9", "custom_fields[GitHub]": "a"})
    )

    assert isinstance(sale, Sale)
    assert sale.quantity == 1
    assert sale.note == "custom fields overwrite Gumroad's own, which were not read: quantity"
