"""The later life of licenses from Stripe, by the answers that Stripe gives on that day."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from tests.storefronts.stripe.recorded import (
    CHARGE,
    DELETED,
    DISPUTE,
    FIRST_INVOICE,
    INTENT,
    MEMBER,
    REFUND,
    RENEWAL,
    RENEWED,
    SALE,
    SUBSCRIBED,
    SUBSCRIPTION,
    SYNC,
    Json,
    api_of,
    body_of,
    changed,
    event,
    object_of,
    page,
)
from tests.support.running import Setup
from tests.support.stepping import stepping
from tests.support.stripe import PRODUCTS, Shop, as_sent, named, stripe_shop

SUBSCRIPTION_PATH = f"/v1/subscriptions/{SUBSCRIPTION}"
CHARGE_PATH = f"/v1/charges/{CHARGE}"
DISPUTED = object_of(DISPUTE, payment_intent=INTENT)
DISPUTE_PATH = f"/v1/disputes/{DISPUTED['id']}"
END_OF_FIRST = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
END_OF_RENEWAL = datetime(2027, 11, 2, 23, 59, 59, tzinfo=UTC)
UPDATED = "customer.subscription.updated"
NUMBERS = iter(range(10_000_000_000, 20_000_000_000))

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with stripe_shop(setup, start=stepping) as started:
        started.know("it")
        yield started


async def tell(shop: Shop, *told: Json) -> list[str | None]:
    """Send events one after another. Return their outcomes."""
    for each in told:
        own = {**each, "id": f"evt_{next(NUMBERS)}"}
        assert await shop.send(named(as_sent(own), "it")) == 200
        await shop.mintpost.settled()
    found = await shop.mintpost.settled()
    return [each.outcome for each in reversed(found[: len(told)])]


async def state(shop: Shop) -> tuple[str, str | None]:
    (license_,) = await shop.mintpost.licenses()
    return license_.status, license_.reason


def charge(back: int) -> Json:
    return {**object_of(REFUND), "amount_refunded": back, "refunded": back == 5831}


def refund(number: int, amount: int, status: str = "succeeded") -> Json:
    return {
        "id": f"re_{number:020}",
        "amount": amount,
        "charge": CHARGE,
        "created": 1762700000 + number,
        "payment_intent": INTENT,
        "status": status,
    }


def refunds(back: int, *made: Json) -> dict[str, Json]:
    return {CHARGE_PATH: charge(back), f"/v1/refunds?charge={CHARGE}&limit=100": page(*made)}


FAILED = {**event(REFUND, "refund.failed"), "data": {"object": refund(1, 5831, "failed")}}


async def test_refund_that_failed_restores_and_the_next_revokes_again(shop: Shop) -> None:
    shop.know("it", refunds(5831, refund(1, 5831)))
    assert await tell(shop, event(SALE), event(REFUND)) == ["fulfilled", "applied"]
    assert await state(shop) == ("revoked", "refunded")

    shop.know("it", refunds(0, refund(1, 5831, "failed")))
    assert await tell(shop, FAILED) == ["applied"]
    assert await state(shop) == ("active", None)

    shop.know("it", refunds(5831, refund(2, 5831), refund(1, 5831, "failed")))
    assert await tell(shop, event(REFUND)) == ["applied"]
    assert await state(shop) == ("revoked", "refunded")


async def test_failed_refund_restores_where_stripe_lists_no_refunds(shop: Shop) -> None:
    await tell(shop, event(SALE), event(REFUND))
    shop.know("it", {CHARGE_PATH: charge(0)})

    assert await tell(shop, FAILED) == ["applied"]
    assert await state(shop) == ("active", None)


async def test_partial_refunds_add_up_to_the_whole(shop: Shop) -> None:
    shop.know("it", refunds(1000, refund(1, 1000)))
    assert await tell(shop, event(SALE), event(REFUND)) == ["fulfilled", "noted:partial_refund"]

    shop.know("it", refunds(5831, refund(2, 4831), refund(1, 1000)))
    assert await tell(shop, event(REFUND)) == ["applied"]
    assert await state(shop) == ("revoked", "refunded")


def dispute(shop: Shop, status: str) -> Json:
    shop.know("it", {DISPUTE_PATH: {**DISPUTED, "status": status}})
    name = "created" if status == "needs_response" else "closed"
    return event(DISPUTE, f"charge.dispute.{name}", status=status, payment_intent=INTENT)


async def test_dispute_suspends_revokes_and_is_won_at_last(shop: Shop) -> None:
    states = []
    await tell(shop, event(SALE))
    for status in ("needs_response", "lost", "appeal_under_review", "won"):
        assert len(await tell(shop, dispute(shop, status))) == 1
        states.append(await state(shop))

    assert states == [
        ("suspended", "disputed"),
        ("revoked", "dispute_lost"),
        ("revoked", "dispute_lost"),
        ("active", None),
    ]


async def test_inquiry_changes_nothing(shop: Shop) -> None:
    told = [event(SALE), dispute(shop, "warning_needs_response")]
    assert await tell(shop, *told) == ["fulfilled", "noted:inquiry"]
    assert await state(shop) == ("active", None)


def active(**changes: object) -> Json:
    told: dict[str, Any] = {"status": "active", "cancel_at": None, "cancel_at_period_end": False}
    return object_of(DELETED, **{**told, "ended_at": None, **changes})


def quantity(number: int) -> list[Json]:
    (item,) = object_of(DELETED)["items"]["data"]
    return [changed(item, quantity=number, current_period_end=1825150838)]


async def test_subscription_changes_as_stripe_has_it_of_the_day(shop: Shop) -> None:
    updated = event(DELETED, UPDATED)
    shop.know("it", {SUBSCRIPTION_PATH: active(items__data=quantity(1))})
    await tell(shop, event(MEMBER))
    (license_,) = await shop.mintpost.licenses()
    assert (license_.expires_at, license_.renews, license_.seats) == (END_OF_RENEWAL, True, 1)

    told = []
    for changes in (
        {"cancel_at": 1825150838, "items__data": quantity(1)},
        {"items__data": quantity(5)},
        {"status": "paused", "items__data": quantity(5)},
        {"pause_collection": {"behavior": "void"}, "items__data": quantity(5)},
    ):
        shop.know("it", {SUBSCRIPTION_PATH: active(**changes)})
        assert await tell(shop, updated) == ["applied"]
        (license_,) = await shop.mintpost.licenses()
        told.append((license_.status, license_.renews, license_.seats))

    assert told == [
        ("active", False, 1),
        ("active", True, 5),
        ("suspended", True, 5),
        ("active", True, 5),
    ]
    (newest, *_) = await shop.mintpost.events()
    assert newest.note is not None
    assert "Stripe collects no payments of this subscription for now" in newest.note


PAID = f"/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={INTENT}"
OF_A_RENEWAL = {
    f"/v1/checkout/sessions?payment_intent={INTENT}": page(),
    PAID: page({"id": "inpay_1", "invoice": RENEWED}),
    **refunds(5831, refund(1, 5831)),
}


async def test_refund_of_a_renewal_takes_back_that_period_alone(shop: Shop) -> None:
    shop.know("it", OF_A_RENEWAL)
    told = [event(MEMBER), event(FIRST_INVOICE), event(RENEWAL), event(REFUND)]

    await tell(shop, *told)
    (license_,) = await shop.mintpost.licenses()
    assert (license_.status, license_.expires_at) == ("expired", END_OF_FIRST)


async def test_subscription_without_a_session_is_sold_by_its_first_invoice(shop: Shop) -> None:
    shop.know("it", {f"/v1/checkout/sessions?subscription={SUBSCRIPTION}": page()})

    assert await tell(shop, event(FIRST_INVOICE), event(RENEWAL)) == ["fulfilled", "renewed"]
    (license_,) = await shop.mintpost.licenses()
    assert license_.order_id.startswith(SUBSCRIPTION)
    assert license_.expires_at == END_OF_RENEWAL


def two_prices(name: str) -> Json:
    (line,) = object_of(name)["lines"]["data"]
    details = "pricing__price_details"
    other = changed(line, id="il_1other1other1", **{f"{details}__price": "price_other"})
    return event(name, lines__data=[other, line])


@pytest.mark.parametrize("order", [*permutations(range(3))][::2])
async def test_two_prices_of_a_subscription_are_two_licenses(
    shop: Shop, order: tuple[int, ...]
) -> None:
    item = api_of("line_items_of_02.json")["data"][0]
    other = changed(item, id="li_1other1other1", price__id="price_other", price__lookup_key=None)
    lines = page(item, other)
    shop.know("it", {f"/v1/checkout/sessions/{SUBSCRIBED}/line_items?limit=100": lines})
    shop.mintpost.products.write_text(
        f"{PRODUCTS}  - {{product_id: price_other, tier: other, months: 12}}\n"
    )
    told = [event(MEMBER), two_prices(FIRST_INVOICE), two_prices(RENEWAL)]
    await tell(shop, *(told[number] for number in order))

    assert sorted(await shop.licenses()) == [
        ("other", "active", None, END_OF_RENEWAL),
        ("sync", "active", None, END_OF_RENEWAL),
    ]
    assert (SYNC in PRODUCTS, body_of(MEMBER).count(b"price_")) == (True, 0)
