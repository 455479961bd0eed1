"""Stripe's sales while its API is away, lies about its pages, or refuses the key."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from fakes.shop_faults import AWAY, EMPTY_PAGE, ENDLESS, Fault
from tests.storefronts.stripe.recorded import (
    SALE,
    SOLD,
    TEST,
    THIN,
    api_of,
    body_of,
    changed,
    event,
    thin,
)
from tests.support.running import Setup
from tests.support.stepping import stepping
from tests.support.stripe import Shop, as_sent, named, stripe_shop

SESSION_PATH = f"/v1/checkout/sessions/{SOLD}?expand[]=line_items"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with stripe_shop(setup) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Shop]:
    async with stripe_shop(setup, start=stepping) as started:
        yield started


async def sell(shop: Shop, story: str, name: str = SALE) -> None:
    shop.know(story)
    assert await shop.send(named(body_of(name).decode(), story)) == 200


async def test_sale_waits_until_the_api_answers(shop: Shop) -> None:
    shop.api.faults.extend(AWAY[name] for name in ("error", "html", "half", "redirect"))
    await sell(shop, "waits")

    (found,) = await shop.mintpost.settled()
    assert found.outcome == "fulfilled"
    assert len(await shop.mintpost.licenses()) == len(await shop.mintpost.deliveries()) == 1
    assert len(shop.api.granted) == len({*shop.api.granted}) == 1


@pytest.mark.parametrize("lie", [EMPTY_PAGE, ENDLESS])
async def test_pages_without_an_end_wait_as_the_shops_fault(shop: Shop, lie: Fault) -> None:
    shop.api.always = lie
    await sell(shop, "endless")
    await shop.parked("answered what cannot be used: the pages of its list must end")
    assert await shop.mintpost.licenses() == []
    shop.api.always = Fault()

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]
    assert [each.seats for each in await shop.mintpost.licenses()] == [1]


@pytest.mark.parametrize("quantity", [0, 10**9])
async def test_quantity_that_nobody_sells_ends_with_its_sentence(
    stepped: Shop, quantity: int
) -> None:
    told = changed(api_of("session_with_line_items.json"), line_items__data__0__quantity=quantity)
    stepped.know("many")
    stepped.know("many", {SESSION_PATH: told})
    assert await stepped.send(named(body_of(SALE).decode(), "many")) == 200

    (found,) = await stepped.mintpost.settled()
    assert found.outcome == "failed"
    assert found.error is not None
    assert "quantity must be a whole number" in found.error or "one copy" in found.error
    assert await stepped.mintpost.licenses() == []


async def test_answer_about_another_order_mints_nothing_until_it_is_right(shop: Shop) -> None:
    shop.know("lied")
    shop.know("lied", {SESSION_PATH: {**api_of("session_with_line_items.json"), "id": "cs_other"}})
    assert await shop.send(named(body_of(SALE).decode(), "lied")) == 200
    await shop.parked("answered what cannot be used: id must be the one that was asked for")
    assert await shop.mintpost.licenses() == []
    shop.know("lied")

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]


async def test_key_that_lacks_the_right_is_told_the_right(shop: Shop) -> None:
    shop.api.lacking.add("/v1/checkout/sessions")
    await sell(shop, "right")
    await shop.parked(
        "Stripe refuses the key for line items (403): give it read rights for Checkout Sessions; "
        "the event waits and goes on by itself"
    )
    shop.api.lacking.clear()

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]


async def test_key_that_is_wrong_is_the_operators_matter(shop: Shop) -> None:
    shop.api.keys["live"] = "the next key"
    await sell(shop, "wrong")
    await shop.parked("Stripe refuses the key in STRIPE_API_KEY (401)")
    shop.api.keys["live"] = "live-api-key"

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]


async def test_sandbox_without_a_key_says_which_setting(setup: Setup) -> None:
    async with stripe_shop(setup, stripe_test_api_key=None) as shop:
        shop.know("sandbox")
        await shop.send(named(body_of(TEST).decode(), "sandbox"), "test")

        await shop.parked(
            "Stripe must be asked for line items, and STRIPE_TEST_API_KEY is not set: set it to a "
            "key with read rights for Checkout Sessions"
        )
        assert shop.api.asked == []


async def test_event_of_another_account_is_refused_and_asks_nothing(setup: Setup) -> None:
    async with stripe_shop(setup, start=stepping, stripe_account="acct_ours") as shop:
        foreign = {**event(SALE), "account": "acct_others"}
        await shop.send(named(as_sent(foreign), "foreign"))
        (found,) = await shop.mintpost.settled()
        assert found.outcome == "ignored:foreign_account"
        assert shop.api.asked == []
        await sell(shop, "foreign", THIN)

        assert [each.outcome for each in await shop.mintpost.settled()] == [
            "fulfilled",
            "ignored:foreign_account",
        ]


async def test_copies_at_once_are_one_event_and_two_styles_one_license(stepped: Shop) -> None:
    stepped.know("copies")
    whole, id_alone = (named(body_of(name).decode(), "copies") for name in (SALE, THIN))
    await asyncio.gather(*(stepped.send(told) for told in (whole, id_alone) * 25))

    outcomes = [each.outcome for each in await stepped.mintpost.settled()]
    assert sorted(map(str, outcomes)) == ["duplicate", "fulfilled"]
    assert len(await stepped.mintpost.licenses()) == len(await stepped.mintpost.deliveries()) == 1


@pytest.mark.parametrize("body", ["[1]", "null", "1", '"text"', "{}"])
async def test_signed_body_that_is_no_event_fails_by_name(stepped: Shop, body: str) -> None:
    assert await stepped.send(body) == 200

    (found,) = await stepped.mintpost.settled()
    assert (found.kind, found.outcome) == ("unknown", "failed")


async def test_unknown_name_is_noted(stepped: Shop) -> None:
    await stepped.send(named(as_sent(thin("charge.dreamed", "ch_2KNyzoF3yPYVDsPEFeS0g5s9")), "x"))

    (found,) = await stepped.mintpost.settled()
    assert found.outcome == "noted:unknown_event"
