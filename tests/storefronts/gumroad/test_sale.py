"""The ordinary sale with one difference, and the sale that is read from it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from domain.errors import SaleInvalidError
from domain.sale import Sale
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.support.sales import sale_in

SaleWith = Callable[[Mapping[str, str | None]], StoredRequest]

IDENTIFIER = "must be 1 to 200 printable characters"
ORDER_IDENTIFIER = f"{IDENTIFIER} without a colon"
QUANTITY = "quantity must be a whole number from 1 to 1000000"
PRICE = "price must be a whole number from 0 to 1000000000000"
EMAIL = "email must be one bare e-mail address"
TIME = "sale_timestamp must be a time such as 2026-09-01T12:00:05Z"
TIME_RANGE = "sale_timestamp must lie between 2005 and the arrival of the request"


def parsed(gumroad: Gumroad, ping: StoredRequest) -> Sale:
    sale = sale_in(gumroad, ping)
    assert isinstance(sale, Sale)
    return sale


@pytest.mark.parametrize(
    ("field", "text", "what"),
    [
        ("sale_id", None, "sale_id is missing; every sale must have it"),
        ("sale_id", "", "sale_id is missing; every sale must have it"),
        ("sale_id", "event:1", f"sale_id {ORDER_IDENTIFIER}"),
        ("sale_id", "a\r\nb", f"sale_id {ORDER_IDENTIFIER}"),
        ("sale_id", "a" * 201, f"sale_id {ORDER_IDENTIFIER}"),
        ("sale_id", "a\udcff", f"sale_id {ORDER_IDENTIFIER}"),
        ("product_id", None, "product_id is missing; every sale must have it"),
        ("product_id", "a\x00", f"product_id {IDENTIFIER}"),
        ("subscription_id", "a\nb", f"subscription_id {IDENTIFIER}"),
        ("email", None, "email is missing; every sale must have it"),
        ("email", "no address", EMAIL),
        ("email", "ada@example.com\r\nBcc: eve@example.com", EMAIL),
        ("email", "ada@example.com\n", EMAIL),
        ("email", "ada@example.com, eve@example.com", EMAIL),
        ("email", "Ada <ada@example.com>", EMAIL),
        ("email", "\udcff@example.com", EMAIL),
        ("quantity", None, "quantity is missing; every sale must have it"),
        ("quantity", "0", QUANTITY),
        ("quantity", "1000001", QUANTITY),
        ("quantity", "-1", QUANTITY),
        ("quantity", "1.0", QUANTITY),
        ("quantity", "٣", QUANTITY),
        ("quantity", "²", QUANTITY),
        ("quantity", "9" * 5000, QUANTITY),
        ("price", "free", PRICE),
        ("price", "-1", PRICE),
        ("price", "1000000000001", PRICE),
        ("price", "NaN", PRICE),
        ("sale_timestamp", "yesterday", TIME),
        ("sale_timestamp", "2026-13-01T00:00:00Z", TIME),
        ("sale_timestamp", "0001-01-01T00:00:00+14:00", TIME),
        ("sale_timestamp", "2004-12-31T23:59:59Z", TIME_RANGE),
        ("sale_timestamp", "2026-09-04T12:00:07Z", TIME_RANGE),
        ("refunded", "yes", 'refunded must be "true" or "false"'),
        ("test", "1", 'test must be "true" or "false"'),
    ],
)
def test_a_wrong_field_is_named_with_what_would_be_right(
    field: str, text: str | None, what: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    with pytest.raises(SaleInvalidError) as raised:
        sale_in(gumroad, sale_with({field: text}))

    assert raised.value.sentence == SaleInvalidError(what).sentence


@pytest.mark.parametrize(
    ("field", "text", "read"),
    [
        ("email", "Ada@EXAMPLE.com", {"email": "Ada@EXAMPLE.com"}),
        ("email", '"ada, eve"@example.com', {"email": '"ada, eve"@example.com'}),
        ("email", "zoë@example.com", {"email": "zoë@example.com"}),
        ("email", "ada@xn--mnchen-3ya.de", {"email": "ada@xn--mnchen-3ya.de"}),
        ("email", "ada@shop.test", {"email": "ada@shop.test"}),
        ("full_name", "Ada\r\nBcc: eve@example.com", {"name": "AdaBcc: eve@example.com"}),
        ("full_name", "Ada\u2028\x00\udcff Buyer ", {"name": "Ada Buyer"}),
        ("full_name", "A" * 300, {"name": "A" * 200}),
        ("full_name", " \r\n", {"name": "ada.buyer"}),
        ("full_name", None, {"name": "ada.buyer"}),
        ("quantity", "1000000", {"quantity": 1_000_000}),
        ("price", "1000000000000", {"price": 10**12}),
        # The price is in dollars, also if the listing's currency is another.
        ("currency", "eur", {"currency": "usd"}),
        ("offer_code", "", {"offer_code": None}),
        ("subscription_id", "", {"subscription_id": None}),
        ("sale_timestamp", None, {"sold_at": datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)}),
        (
            "sale_timestamp",
            "2026-09-01T14:00:05+02:00",
            {"sold_at": datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC)},
        ),
        (
            "sale_timestamp",
            "2026-09-04T12:00:06Z",
            {"sold_at": datetime(2026, 9, 4, 12, 0, 6, tzinfo=UTC)},
        ),
    ],
)
def test_a_field_is_read_into_the_sale(
    field: str,
    text: str | None,
    read: dict[str, object],
    gumroad: Gumroad,
    sale_with: SaleWith,
) -> None:
    sale = parsed(gumroad, sale_with({field: text}))

    assert {name: getattr(sale, name) for name in read} == read


def test_a_bracket_in_a_variants_name_is_put_back(gumroad: Gumroad, sale_with: SaleWith) -> None:
    ping = sale_with({"variants[Edition %5B2026%5D]": "Pro [Mac]"})

    assert parsed(gumroad, ping).product.variants == (("Edition [2026]", "Pro [Mac]"),)


def test_a_permalink_of_another_name_is_one_more_alias(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    link = "https://lumenapp.gumroad.com/l/three/?wanted=true"

    aliases = parsed(gumroad, sale_with({"product_permalink": link})).product.aliases

    assert aliases == ("lumen", "kqzvw", "three", link)


def test_an_alias_that_is_unusable_is_left_out(gumroad: Gumroad, sale_with: SaleWith) -> None:
    changes = {"permalink": "a\x00", "short_product_id": "\udcff", "product_permalink": "a\nb"}

    assert parsed(gumroad, sale_with(changes)).product.aliases == ()


@pytest.mark.parametrize(
    ("field", "also"),
    [("email", "eve@example.com"), ("sale_id", "other"), ("variants[Tier]", "Pro")],
)
def test_a_field_given_twice_differently_is_refused_and_once_over_is_not(
    field: str, also: str, gumroad: Gumroad, sale_with: SaleWith
) -> None:
    ping = sale_with({"variants[Tier]": "Lite", field: "ada@example.com"})
    again = StoredRequest(
        ping.content_type, ping.body + f"&{field}=ada%40example.com".encode(), ping.received_at
    )
    other = StoredRequest(
        ping.content_type, ping.body + f"&{field}={also}".encode(), ping.received_at
    )

    assert sale_in(gumroad, again) == sale_in(gumroad, ping)
    with pytest.raises(SaleInvalidError) as raised:
        sale_in(gumroad, other)
    what = f"{field.partition('[')[0]} is given twice with different values; it must be once"
    assert raised.value.sentence == SaleInvalidError(what).sentence


def test_giver_of_a_gift_is_known_beside_its_receiver(
    gumroad: Gumroad, sale_with: SaleWith
) -> None:
    gift = {"is_gift_receiver_purchase": "true", "gifter_email": "giver@example.com"}
    sale = parsed(gumroad, sale_with({**gift, "full_name": "Generous\r\nGifter"}))
    assert (sale.giver, "Gifter" in sale.name) == ("GenerousGifter giver@example.com", False)
    assert parsed(gumroad, sale_with({"gifter_email": "giver@example.com"})).giver is None
