"""The checks of demo and smoke test hold for a shop that signs its bodies and names its events."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from kit.agents import TRIAL_AGENT
from kit.clock import utc_now
from kit.doors.labeled_secrets import LabeledSecret
from operations.checks import SampleSender, check_repetition, check_sale, check_stranger
from storefronts.abilities import Abilities
from storefronts.sample import SampleSale
from tests.storefronts.kiosk.package import KIOSK, KioskPackage
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.databases import ON_SQLITE
from tests.support.running import Setup, running

SECRET = "a secret"
PRODUCTS = "kiosk:\n  - {product_id: '5', tier: core, years: 1}\n"
PATIENCE = timedelta(seconds=30)


class Nameless(KioskPackage):
    """The kiosk, if it wrongly declared that its events have no ids."""

    abilities: ClassVar[Abilities] = replace(KIOSK.abilities, event_keys=False)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[SampleSender]:
    setup.others = {"kiosk": Kiosk([LabeledSecret(SECRET)])}
    setup.products = PRODUCTS
    async with running(setup) as started:
        sample_shop = KIOSK.sample_shop(SECRET)
        yield SampleSender(started.http, started.url, started.database, sample_shop, KIOSK)


@pytest.fixture
async def sample(shop: SampleSender) -> SampleSale:
    order_id = shop.sample_shop.new_order_id()
    sale = SampleSale(order_id, "5", "Lumen", "ada@example.com", "Ada", utc_now())
    assert (await shop.send(sale)).status_code == 200
    assert await shop.settled(sale, PATIENCE)
    return sale


@ON_SQLITE
async def test_every_check_holds(shop: SampleSender, sample: SampleSale) -> None:
    checks = [
        *await check_sale(shop, sample),
        await check_repetition(shop, sample, PATIENCE),
        await check_stranger(shop, sample),
    ]

    assert {each.sentence: each.found for each in checks if not each.holds} == {}
    assert len(await shop.events(sample)) == 1
    # Else the operator would get an alert for each smoke test.
    wrong = await shop.send_as_stranger(sample)
    assert wrong.request.headers["User-Agent"] == TRIAL_AGENT


@ON_SQLITE
async def test_a_repeated_event_without_a_key_must_end_as_a_duplicate(
    shop: SampleSender, sample: SampleSale
) -> None:
    check = await check_repetition(replace(shop, package=Nameless()), sample, PATIENCE)

    assert (check.holds, check.found) == (False, "its outcome is fulfilled")
