"""The `purchase` of Gumroad's answers: every key, and nothing of the buyer."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.engine import Database
from domain.sale import Sale
from tests.api.online.dialects.gumroad_app import PRODUCT, TERMS, GumroadApp, gumroad_app, sale
from tests.db.rows import NOON
from tests.support.online import ISSUER, put, sell
from tests.support.wire import differences, examples

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ON_SQLITE

TIMES = ("subscription_ended_at", "subscription_cancelled_at", "subscription_failed_at")
YESTERDAY = NOON - timedelta(days=1)
TODAY, LATER = NOON.replace(hour=23, minute=59, second=59), NOON + timedelta(days=3)


def times(purchase: dict[str, Any]) -> list[Any]:
    return [purchase[name] for name in TIMES]


async def test_a_purchase_tells_the_sale(app: GumroadApp, database: Database) -> None:
    license_ = sell(database, sale(), TERMS)
    assert await app.purchase(license_) == {
        "seller_id": ISSUER,
        "product_id": PRODUCT,
        "product_name": "Data Tools",
        "permalink": "datatools",
        "product_permalink": "https://datatools.gumroad.example/l/datatools",
        "short_product_id": "datatools",
        "variants": "(Pro)",
        "id": "Qw8zL1mN4vXc7bTy2rPk9A==",
        "sale_id": "Qw8zL1mN4vXc7bTy2rPk9A==",
        "order_number": 483920177,
        "created_at": "2026-09-01T12:00:00Z",
        "sale_timestamp": "2026-09-01T12:00:00Z",
        "price": 2900,
        "gumroad_fee": 0,
        "currency": "usd",
        "quantity": 2,
        "discover_fee_charged": False,
        "can_contact": False,
        "referrer": "",
        "card": dict.fromkeys(("visual", "type", "bin", "expiry_month", "expiry_year")),
        "custom_fields": [],
        "email": "",
        "full_name": "",
        "license_key": license_.key,
        "is_multiseat_license": True,
        "is_gift_receiver_purchase": False,
        "refunded": False,
        "disputed": False,
        "dispute_won": False,
        "chargebacked": False,
    }


async def test_a_subscription_has_keys_of_its_own(app: GumroadApp, database: Database) -> None:
    monthly = replace(sale("subscription-1"), months=1)
    purchase = await app.purchase(sell(database, monthly, TERMS, renews=True))
    assert "chargebacked" not in purchase
    assert purchase["subscription_id"] == "subscription-1"
    assert (purchase["recurrence"], purchase["is_recurring_charge"]) == ("monthly", False)
    assert times(purchase) == [None, None, None]


async def test_times_have_no_fraction_and_currencies_are_small(
    app: GumroadApp, database: Database
) -> None:
    sold = replace(sale(), sold_at=NOON.replace(microsecond=7), currency="EUR")
    purchase = await app.purchase(sell(database, sold, TERMS))
    assert (purchase["created_at"], purchase["currency"]) == ("2026-09-01T12:00:00Z", "eur")


async def test_a_link_is_no_permalink(app: GumroadApp, database: Database) -> None:
    link = "https://datatools.gumroad.example/l/datatools"
    product = replace(sale().product, aliases=(link, "datatools"))
    purchase = await app.purchase(sell(database, replace(sale(), product=product), TERMS))
    assert (purchase["permalink"], purchase["short_product_id"]) == ("datatools", "datatools")
    assert purchase["product_permalink"] == link


@pytest.mark.parametrize(("months", "told"), [(12, "yearly"), (7, "")])
async def test_the_entry_tells_how_often_a_subscription_renews(
    database: Database, tmp_path: Path, months: int, told: str
) -> None:
    entry = f"gumroad:\n  - product_id: {PRODUCT}\n    tier: pro\n    months: {months}\n"
    license_ = sell(database, sale("subscription-1"), TERMS, renews=True)
    async with gumroad_app(database, tmp_path, entry) as app:
        assert (await app.purchase(license_))["recurrence"] == told


async def test_a_subscription_has_every_key_of_the_vendors(
    app: GumroadApp, database: Database
) -> None:
    case = examples("gumroad-verify")["subscription, cancelled but paid until December"]
    vendors = case["response"]["body"]["purchase"]
    only_when_known = {"Company", "offer_code"}
    purchase = await app.purchase(sell(database, sale("subscription-1"), TERMS, renews=True))
    known = {name: one for name, one in vendors.items() if name not in only_when_known}
    assert differences(known, purchase) == []


async def test_a_cancelled_subscription_tells_its_end_ahead(
    app: GumroadApp, database: Database
) -> None:
    license_ = sell(database, sale("s"), TERMS, renews=False, expires_at=LATER)
    assert times(await app.purchase(license_)) == [None, "2026-09-04T23:59:59Z", None]


async def test_a_lapsed_subscription_tells_that_its_renewal_failed(
    app: GumroadApp, database: Database
) -> None:
    license_ = sell(
        database, sale("s"), TERMS, renews=True, expires_at=YESTERDAY, grace_until=TODAY
    )
    assert times(await app.purchase(license_)) == [None, None, None]
    app.api.clock.now, end = TODAY, "2026-09-01T23:59:59Z"
    assert times(await app.purchase(license_)) == [end, None, end]


async def test_a_cancelled_subscription_is_told_after_its_end(
    app: GumroadApp, database: Database
) -> None:
    license_ = sell(database, sale("s"), TERMS, renews=False, expires_at=YESTERDAY)
    end = "2026-08-31T23:59:59Z"
    assert times(await app.purchase(license_)) == [end, end, None]


@pytest.mark.parametrize(("number", "told"), [("17", 17), ("0" * 15, 0), ("9" * 15, 10**15 - 1)])
async def test_a_whole_order_number_stays(
    app: GumroadApp, database: Database, number: str, told: int
) -> None:
    sold = replace(sale(), order_number=number)
    assert (await app.purchase(sell(database, sold, TERMS)))["order_number"] == told


@pytest.mark.parametrize("number", [None, "A-17", "9" * 400, "\N{SUPERSCRIPT TWO}"])
async def test_any_other_order_number_is_derived_and_stays(
    app: GumroadApp, database: Database, number: str | None
) -> None:
    license_ = sell(database, replace(sale(), order_number=number), TERMS)
    first = (await app.purchase(license_))["order_number"]
    assert 0 < first <= 2**53
    assert (await app.purchase(license_))["order_number"] == first


async def test_a_changed_plan_changes_the_variants(app: GumroadApp, database: Database) -> None:
    sold = replace(sale().product, variants=(("Color", "Red"), ("Tier", "Pro")))
    license_ = sell(database, replace(sale(), product=sold), TERMS)
    assert (await app.purchase(license_))["variants"] == "(Red, Pro)"
    put(database, license_, tier="team")
    assert (await app.purchase(license_))["variants"] == "(Red, Team)"


async def test_the_entry_tells_the_variants_of_a_sale_without_options(
    app: GumroadApp, database: Database
) -> None:
    bare = replace(sale().product, aliases=(), variants=())
    license_ = sell(database, replace(sale(), product=bare, test=True), TERMS, test=True)
    purchase = await app.purchase(license_)
    assert (purchase["permalink"], purchase["product_permalink"]) == ("", "")
    assert (purchase["variants"], purchase["test"]) == ("(Pro)", True)


def personal(sold: Sale) -> set[str]:
    return {sold.email, sold.name, "gifter", "@"}


async def test_nothing_of_the_buyer_is_told(app: GumroadApp, database: Database) -> None:
    gift = replace(sale(), giver="gifter gifter@example.com")
    license_ = sell(database, gift, TERMS)
    answer = await app.post(license_.key)
    assert answer.json()["purchase"]["is_gift_receiver_purchase"] is True
    assert [one for one in personal(gift) if one in answer.text] == []


async def test_the_holders_address_is_told_where_the_entry_says_so(
    database: Database, tmp_path: Path
) -> None:
    entry = f"gumroad:\n  - product_id: {PRODUCT}\n    tier: pro\n    answer_email: true\n"
    license_ = sell(database, sale(), TERMS, email="holder@example.com")
    async with gumroad_app(database, tmp_path, entry) as app:
        purchase = await app.purchase(license_)
    assert (purchase["email"], purchase["full_name"]) == ("holder@example.com", "")
