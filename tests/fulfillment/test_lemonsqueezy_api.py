"""Sales of Lemon Squeezy while its API is away, knows nothing, or refuses the key."""

from collections.abc import AsyncIterator

import pytest

from fakes.shop_api import plain_target
from fakes.shop_faults import AWAY, EMPTY_PAGE, ENDLESS
from tests.storefronts.lemonsqueezy.told import body, items_path
from tests.support.lemonsqueezy_shop import PRODUCTS, Shop, lemonsqueezy_shop, named
from tests.support.running import Setup
from tests.support.stepping import stepping
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with lemonsqueezy_shop(setup) as started:
        started.know()
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Shop]:
    async with lemonsqueezy_shop(setup, start=stepping) as started:
        started.know()
        yield started


async def test_sale_waits_until_the_api_answers(shop: Shop) -> None:
    faults = [AWAY["error"], AWAY["html"], AWAY["redirect"], EMPTY_PAGE, EMPTY_PAGE]
    shop.api.faults.extend(faults)
    await shop.send(named(body("14"), 0))

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]
    assert len(await shop.licenses()) == 2
    assert len(shop.api.asked) == len(faults) + 1


async def test_replay_asks_nothing(shop: Shop) -> None:
    await shop.play(["14"])
    await shop.send(named(body("14").replace(b"15:30:00.000000Z", b"15:30:01.000000Z"), 0))

    assert [each.outcome for each in await shop.mintpost.settled()] == ["duplicate", "fulfilled"]
    assert len(shop.api.granted) == 1


async def test_list_that_lies_about_its_pages_is_asked_again(shop: Shop) -> None:
    shop.api.never.add("/v1/orders")
    shop.api.always = ENDLESS
    await shop.send(named(body("14"), 0))
    await shop.parked("its list of order items is empty or repeats itself, although it goes on")
    shop.api.never.clear()

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]
    assert len(await shop.licenses()) == 2


async def test_order_that_the_api_does_not_know_waits_with_the_probable_cause(shop: Shop) -> None:
    shop.api.never.update(["/v1/orders", "/v1/order-items"])
    await shop.send(named(body("01"), 0))
    await shop.parked("it knows no order of this number, so its key may be another store's")
    shop.api.never.clear()

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]


async def test_wrong_key_is_the_operators_matter(shop: Shop) -> None:
    shop.api.keys["live"] = "the next key"
    await shop.send(named(body("01"), 0))
    await shop.parked(
        "Lemon Squeezy refuses the key in LEMONSQUEEZY_API_KEY (401): put a valid one in its "
        "place, and start the worker again; the event waits and goes on by itself"
    )
    shop.api.keys["live"] = "live-api-key"

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]


async def test_test_mode_without_a_key_says_which_setting(setup: Setup) -> None:
    async with lemonsqueezy_shop(setup, lemonsqueezy_test_api_key=None) as shop:
        await shop.send(named(body("12"), 0), "test")

        await shop.parked(
            "Lemon Squeezy must be asked for order items, and LEMONSQUEEZY_TEST_API_KEY is not set"
        )
        assert shop.api.asked == []


async def test_one_secret_for_both_modes_still_asks_the_test_side(stepped: Shop) -> None:
    await stepped.send(named(body("12"), 0), "live")

    assert [each.outcome for each in await stepped.mintpost.settled()] == ["fulfilled"]
    assert [each.test for each in await stepped.mintpost.licenses()] == [True]


async def test_line_that_is_not_mapped_parks_alone(shop: Shop) -> None:
    known, new = PRODUCTS.rsplit("  - ", maxsplit=1)
    shop.mintpost.products.write_text(known)
    await shop.send(named(body("14"), 0))
    await shop.parked('unmapped product "416658"')

    async def delivered() -> bool | None:
        return True if await shop.mintpost.deliveries() else None

    await until(delivered, "the neighbor is mailed")
    shop.mintpost.products.write_text(f"{known}  - {new}")
    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]
    assert [tier for tier, *_ in await shop.licenses()] == ["basic", "brushes"]


async def test_items_come_page_by_page_where_the_order_is_unknown(stepped: Shop) -> None:
    stepped.api.per_page = 1
    stepped.api.never.add("/v1/orders")
    await stepped.send(named(body("14"), 0))

    assert [each.outcome for each in await stepped.mintpost.settled()] == ["fulfilled"]
    number = named(b"5275614", 0).decode()
    asked = [plain_target(each) for each in stepped.api.asked]
    assert asked[1:] == [plain_target(items_path(number, page)) for page in (1, 2)]
