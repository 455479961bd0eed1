"""Each shop plays the part of the tortured one, with a fake of its API that fails."""

import asyncio

import httpx
import pytest

from fakes.shop_api import USUAL
from storefronts.package import StorefrontPackage
from storefronts.registry import PACKAGES
from storefronts.sample_events import SampleEvent
from tests.torture.shops import SHOP
from torture.bodies import Body
from torture.drawing import shop_events
from torture.orders import MEMBERSHIPS, SOME_DAY
from torture.plan import SHOP_FAULTS, Disturbance, Schedule, make_schedule
from torture.shop import TorturedShop, served_api, shop_to_torture
from torture.shop_faults import FAULTS, disturb
from torture.traffic import RequestSender

KEYED = [package for package in PACKAGES if package.abilities.event_keys]
EVERY = {
    SampleEvent.REFUND,
    SampleEvent.PARTIAL_REFUND,
    SampleEvent.CANCELLATION,
    SampleEvent.ENDED,
    SampleEvent.QUANTITY,
    SampleEvent.UPGRADE,
}


def schedule_of(shop: TorturedShop, sales: int = 25 * MEMBERSHIPS) -> Schedule:
    return make_schedule(1, sales, SOME_DAY, shop.traits)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_each_shop_plays_its_stories_and_can_make_every_event_of_them(
    package: StorefrontPackage,
) -> None:
    shop = shop_to_torture(package)
    events = [event for drawn in schedule_of(shop).stories for event in shop_events(drawn)]
    assert {event.name for event in events} >= EVERY
    for event in events:
        (request, *_) = Body(event.order, "mark/1", event=event).requests(shop)
        assert shop.sample.mark_of(request.body) == "mark/1"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_id_of_every_order_has_the_prefix_of_the_round(package: StorefrontPackage) -> None:
    schedule = schedule_of(shop_to_torture(package))
    assert all(schedule.prefix in order.order_id for order in schedule.orders)
    assert len({order.order_id for order in schedule.orders}) == len(schedule.orders)


@pytest.mark.parametrize("package", KEYED, ids=lambda package: package.name)
async def test_a_repeated_event_is_the_same_byte_for_byte(package: StorefrontPackage) -> None:
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return httpx.Response(503 if len(bodies) == 1 else 200)

    shop = shop_to_torture(package)
    (order, *_) = schedule_of(shop, 1).orders
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        sender = RequestSender(http, "http://127.0.0.1:1", shop, pauses=(0,))
        await sender.send(order)
        await sender.send(order)
    assert len(bodies) == 3
    assert len(set(bodies)) == 1


@pytest.mark.parametrize("fault", SHOP_FAULTS)
async def test_a_fault_of_the_shops_api_begins_and_ends(fault: str) -> None:
    (stripe,) = [package for package in PACKAGES if package.name == "stripe"]
    api = shop_to_torture(stripe).api
    assert api is not None
    (planned,) = [each for each in SHOP_FAULTS if each == fault]
    disturbing = asyncio.create_task(disturb(api, Disturbance(0, planned, 0.01)))
    await asyncio.sleep(0)
    assert api.always == FAULTS[planned](api) != USUAL
    await disturbing
    assert api.always == USUAL


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
async def test_the_worker_gets_the_address_and_the_key_of_a_shop_with_an_api(
    package: StorefrontPackage,
) -> None:
    shop = shop_to_torture(package)
    async with served_api(shop) as settings:
        assert settings.keys() <= package.worker_variables
        assert bool(settings) is (shop.api is not None)
        for name in [each for each in settings if each.endswith("_URL")]:
            async with httpx.AsyncClient(trust_env=False) as http:
                assert (await http.get(settings[name])).status_code in {401, 403}


def test_the_usual_shop_has_the_options_of_one_product() -> None:
    assert SHOP.products.count("product_id: torture\n") == 3


def test_another_shop_has_a_product_for_each_tier() -> None:
    shop = shop_to_torture(KEYED[0])
    assert [shop.product_id(tier) in shop.products for tier in ("core", "plus", "pro")] == [
        True
    ] * 3
    assert "variant" not in shop.products
