"""A seller's custom field may have the name of a Gumroad field, and overwrite that field."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from domain.errors import SaleInvalidError
from domain.sale import Sale, Variants
from storefronts.base import StoredRequest
from storefronts.body import JSON
from storefronts.gumroad.storefront import Gumroad
from tests.support.sales import note_of, sale_in

SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]


def parsed(gumroad: Gumroad, ping: StoredRequest) -> Sale:
    sale = sale_in(gumroad, ping)
    assert isinstance(sale, Sale)
    return sale


@pytest.mark.parametrize("field", ["email", "product_id", "sale_id"])
def test_a_sale_whose_core_a_custom_field_overwrote_is_refused(
    field: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    with pytest.raises(SaleInvalidError) as raised:
        sale_in(gumroad, sale_with({f"custom_fields[{field}]": "the buyer's words"}))

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
        ("price", "nothing", {"price": 0}),
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


def test_a_custom_field_named_price_makes_no_charge_a_free_one(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    words = {"recurrence": "monthly", "subscription_id": "sub", "price": "0"}
    honest = parsed(gumroad, sale_with(words))
    overwritten = parsed(gumroad, sale_with({**words, "custom_fields[price]": "0"}))

    end = datetime(2026, 10, 1, 23, 59, 59, tzinfo=UTC)
    assert (honest.paid_until, overwritten.paid_until) == (None, end)


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
    ping = sale_with(
        {"custom_fields[quantity]": "9", "quantity": "9", "custom_fields[GitHub]": "a"}
    )

    assert parsed(gumroad, ping).quantity == 1
    note = "custom fields overwrite Gumroad's own, which were not read: quantity"
    assert note_of(gumroad, ping) == note


LITE = ("Tier", "Lite")


@pytest.mark.parametrize(
    ("fields", "variants"),
    [
        ({"variants": {"Tier": "Lite"}}, (LITE,)),
        ({"variants": {"": "Lite"}}, (("", "Lite"),)),
        ({"variants": ["Lite", "Mac"]}, (("", "Lite"), ("", "Mac"))),
        ({"variants[Tier]": "Lite"}, (LITE,)),
        ({"variants[Tier]": "Lite", "custom_fields": {"GitHub": "ada"}}, (LITE,)),
        ({"variants[Tier]": "Pro", "custom_fields": {"variants[Tier]": "Pro"}}, ()),
        ({"variants[]": "Pro", "custom_fields": {"variants[]": "Pro"}}, ()),
        ({"variants[Tier": "Pro", "custom_fields": {"variants[Tier": "Pro"}}, ()),
        ({"variants[Tier][x]": "Pro", "custom_fields": {"variants[Tier][x]": "Pro"}}, ()),
        ({"variants[Tier]": "Pro", "custom_fields[variants[Tier]]": "Pro"}, ()),
        (
            {
                "variants[Tier]": "Pro",
                "variants": {"Tier": "Lite"},
                "custom_fields": {"variants[Tier]": "Pro"},
            },
            (LITE,),
        ),
        ({"variants": {"Tier": "Lite"}, "variants[Tier]": "Pro"}, (LITE,)),
        ({"variants": {"Tier": "Lite"}, "variants[Support]": "Phone"}, (LITE,)),
        ({"custom_fields": {"variants": {"Tier": "Pro"}}}, ()),
    ],
)
def test_in_json_a_custom_field_with_brackets_chooses_nothing(
    fields: Mapping[str, object], variants: Variants, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ordinary = dict(parse_qsl(sale_with({}).body.decode(), keep_blank_values=True))
    body = json.dumps({**ordinary, **fields}).encode()

    sale = parsed(gumroad, StoredRequest(JSON, body, sale_with({}).received_at))
    assert sale.product.variants == variants


def test_two_equal_keys_in_json_choose_nothing_between_them(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ordinary = dict(parse_qsl(sale_with({}).body.decode(), keep_blank_values=True))
    twice = b', "variants": {"Tier": "Lite"}, "variants": {"Tier": "Pro"}}'
    body = json.dumps(ordinary).encode()[:-1] + twice

    with pytest.raises(SaleInvalidError, match="variants is given twice"):
        sale_in(gumroad, StoredRequest(JSON, body, sale_with({}).received_at))


@pytest.mark.parametrize(
    ("fields", "variants", "note"),
    [
        ({"variants[]": "Lite"}, (("", "Lite"),), None),
        ({"variants[Tier]": "Lite", "variants%5BTier%5D": "Pro"}, (LITE,), None),
        (
            # A sender that does not encode the brackets of a name twice.
            {"variants[Tier]": "Pro", "custom_fields[variants[Tier]]": "Pro"},
            (),
            "custom fields overwrite Gumroad's own, which were not read: variants",
        ),
        (
            {"variants": "Pro", "custom_fields[variants]": "Pro"},
            (),
            "custom fields overwrite Gumroad's own, which were not read: variants",
        ),
    ],
)
def test_in_a_form_a_custom_field_with_brackets_chooses_nothing(
    fields: Mapping[str, str],
    variants: Variants,
    note: str | None,
    gumroad: Gumroad,
    sale_with: SaleWith,
) -> None:
    ping = sale_with(fields)

    assert parsed(gumroad, ping).product.variants == variants
    assert note_of(gumroad, ping) == note


def test_several_options_without_a_title_are_all_read(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ping = sale_with({"variants[]": "Pro"})
    two = StoredRequest(ping.content_type, ping.body + b"&variants%5B%5D=Mac", ping.received_at)

    assert parsed(gumroad, two).product.variants == (("", "Pro"), ("", "Mac"))


def test_a_blank_in_an_option_stays_one(gumroad: Gumroad, sale_with: SaleWith) -> None:
    ping = sale_with({"variants[Edition\u00a0\u20092026]": "Pro\r\n\tMac "})

    assert parsed(gumroad, ping).product.variants == (("Edition 2026", "Pro Mac"),)
