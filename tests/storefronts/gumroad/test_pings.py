"""Every recorded ping has its outcome, in Gumroad's encoding and as JSON."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.event import EventKind
from domain.facts import Ignored
from domain.sale import Product, Sale
from storefronts.base import Naming, StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.storefronts.gumroad.encodings import Encode, every_encoding
from tests.storefronts.gumroad.test_changes import FACTS
from tests.support.sales import sale_in

BUYER = "ada.buyer@example.com"
EDITOR = Product(
    product_id="fEv7TDvUDEKb-yaNdbudow==",
    name="Lumen Editor 3",
    aliases=("lumen", "kqzvw", "https://lumenapp.gumroad.com/l/lumen"),
)
TEAMS = Product(
    product_id="sDOLRWAJ9iPxvwmpujenuA==",
    name="Lumen Teams",
    aliases=("lumen-teams", "tnbxe", "https://lumenapp.gumroad.com/l/lumen-teams"),
    variants=(("Tier", "Studio"),),
)
OVERVIEW = Product(
    product_id="O5ym8PQMqFgJjIoOu3H7yw==",
    name="Übersichts-Kit — 日本語版 🎨 & More",
    aliases=("ubersicht", "ubrsc", "https://lumenapp.gumroad.com/l/ubersicht"),
    variants=(("版本", "專業版 ✓"),),
)
PREORDERED_ID = "GbVhSwgZkzLWhi7bBkY25w=="
ORDINARY = Sale(
    source="gumroad",
    order_id="HyMdzSI-iPve8n-plNxMHA==",
    order_number="252197085",
    product=EDITOR,
    quantity=1,
    price=2900,
    currency="usd",
    email=BUYER,
    name="Ada Buyer",
    sold_at=datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC),
)
SALES = {
    "01_sale_ordinary": ORDINARY,
    "02_sale_offer_code": replace(
        ORDINARY,
        order_number="1057503453",
        order_id="-uDI43XctCydwJlzNHKWSw==",
        price=2175,
        name="Ben Coupon",
        offer_code="LAUNCH-25",
    ),
    "04_sale_variants": replace(
        ORDINARY,
        order_number="654850269",
        order_id="hZGjHMX6s5cut-_ARmgyJQ==",
        product=replace(
            EDITOR,
            variants=(("Edition", "Pro"), ("OS (pick one)", "macOS / Apple Silicon")),
        ),
        price=4900,
        name="Dee Variant",
    ),
    "05_membership_first_charge": replace(
        ORDINARY,
        order_number="67165149",
        order_id="FIqZ5PcKpcQCIOGQlN0qgQ==",
        product=TEAMS,
        price=1500,
        sold_at=datetime(2026, 6, 1, 9, 0, tzinfo=UTC),
        subscription_id="ECua5G0LmWGylaHQQuiS0A==",
    ),
    "06_membership_recurring_charge": replace(
        ORDINARY,
        order_number="695974877",
        order_id="HAzOxDfnSX0Gdw-zuXiDmg==",
        product=TEAMS,
        price=1500,
        email="ada.new@example.com",
        sold_at=datetime(2026, 7, 1, 9, 0, 11, tzinfo=UTC),
        subscription_id="ECua5G0LmWGylaHQQuiS0A==",
    ),
    # Its full_name is the giver's.
    "07_gift_receiver": replace(
        ORDINARY,
        order_number="721959133",
        order_id="ASkPJa1asd_zR0_8Bc9XTw==",
        price=0,
        email="giftee@example.org",
        name="giftee",
    ),
    "22_test_purchase_by_seller": replace(
        ORDINARY,
        order_number="822622429",
        order_id="vA_tQ2f4ptNnfKZ8hViyCQ==",
        email="owner@lumenapp.example",
        name="Lumen Owner",
        test=True,
    ),
    "24_unicode_names": replace(
        ORDINARY,
        order_number="285751517",
        order_id="SE-PGsTXUN6Z-zY4rr6PTQ==",
        product=OVERVIEW,
        email="zoë.müller@example.com",
        name="Zoë “Ζωή” 王小明 🦄\u200d",
        offer_code="ÉTÉ_2026",
    ),
    "26_free_sale_price_0": replace(
        ORDINARY,
        order_number="1040726237",
        order_id="SHK2BAQKf6jlDrtwSAiZ2Q==",
        price=0,
        name="ada.buyer",
        offer_code="FREE100",
    ),
    "28_multi_quantity": replace(
        ORDINARY,
        order_number="101202141",
        order_id="CgySD7JesPp03zpmZJ806A==",
        quantity=3,
        price=8700,
        name="Tri Ple",
    ),
    "33_retry_of_01_third_attempt": ORDINARY,
}
IGNORED: dict[str, tuple[EventKind, str | None, str]] = {
    "23_test_ping_button": (EventKind.TEST_PING, ORDINARY.order_id, EDITOR.product_id),
    "30_preorder_authorization": (EventKind.PREORDER, "a_LcTbIq06xR2r73FE3heA==", PREORDERED_ID),
}


@every_encoding
@pytest.mark.parametrize("name", SALES)
def test_a_recorded_sale_is_read_field_by_field(
    name: str, encode: Encode, gumroad: Gumroad, recorded: Callable[[str], StoredRequest]
) -> None:
    ping = encode(recorded(f"{name}.form"))

    sale = SALES[name]
    assert sale_in(gumroad, ping) == sale
    kind = EventKind.RECURRING_CHARGE if "recurring" in name else EventKind.SALE
    assert gumroad.name_request(ping) == Naming(kind, sale.order_id, (sale.product.product_id,))


@every_encoding
@pytest.mark.parametrize("name", IGNORED)
def test_a_recorded_ping_that_is_no_sale_is_ignored_by_its_name(
    name: str, encode: Encode, gumroad: Gumroad, recorded: Callable[[str], StoredRequest]
) -> None:
    ping = encode(recorded(f"{name}.form"))

    kind, order_id, product_id = IGNORED[name]
    assert sale_in(gumroad, ping) == Ignored(kind)
    assert gumroad.name_request(ping) == Naming(kind, order_id, (product_id,))


def test_every_recorded_ping_has_its_outcome(pings: Path) -> None:
    assert {path.stem for path in pings.iterdir()} == SALES.keys() | IGNORED.keys() | FACTS.keys()
