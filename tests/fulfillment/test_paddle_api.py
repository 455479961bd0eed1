"""Paddle's sales while its API is away, knows nothing, or refuses the key."""

import json
from collections.abc import AsyncIterator

import pytest

from fakes.shop_api import plain_target
from fakes.shop_faults import AWAY, status
from tests.storefronts.paddle.bodies import (
    DATA,
    ONE_TIME,
    SANDBOX,
    body_of,
)
from tests.support.paddle import Shop, named, paddle_shop
from tests.support.running import Setup

EMPTY = status(200, b"{}")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with paddle_shop(setup) as started:
        yield started


async def test_sale_waits_until_the_api_answers(shop: Shop) -> None:
    shop.api.faults.extend([*AWAY.values(), EMPTY])
    await shop.send(named(body_of(ONE_TIME), "waits"))

    (event,) = await shop.mintpost.settled()
    assert event.outcome == "fulfilled"
    assert len(shop.api.asked) == len(AWAY) + 2
    assert [each.email for each in await shop.mintpost.licenses()] == ["nadia@example.net"]


async def test_customer_that_is_unknown_is_found_in_the_transaction(shop: Shop) -> None:
    body = named(body_of(ONE_TIME), "found")
    data = json.loads(body)["data"]
    recorded = (DATA / "api" / "transaction_include_customer_and_adjustments.json").read_bytes()
    whole = named(recorded, "found")
    del shop.api.answers["live", plain_target(f"/customers/{data['customer_id']}")]
    await shop.send(body)
    await shop.parked("it knows neither the transaction nor its customer")
    shop.api.add(f"/transactions/{data['id']}?include=customer,adjustment", whole)

    (event,) = await shop.mintpost.settled()
    assert event.outcome == "fulfilled"
    assert [each.email for each in await shop.mintpost.licenses()] == ["nadia@example.net"]


async def test_key_that_lacks_the_right_is_told_the_right(shop: Shop) -> None:
    shop.api.lacking.add("/customers")
    await shop.send(named(body_of(ONE_TIME), "right"))
    await shop.parked(
        "Paddle refuses the key for the customer (403): give it the permission customer.read; the "
        "event waits and goes on by itself"
    )
    shop.api.lacking.clear()

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]


async def test_key_that_expired_is_the_operators_matter(shop: Shop) -> None:
    shop.api.keys["live"] = "the next key"
    await shop.send(named(body_of(ONE_TIME), "expired"))
    await shop.parked("Paddle refuses the key in PADDLE_API_KEY (403)")
    shop.api.keys["live"] = "live-api-key"

    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]


async def test_sandbox_without_a_key_says_which_setting(setup: Setup) -> None:
    async with paddle_shop(setup, paddle_test_api_key=None) as shop:
        await shop.send(named(body_of(SANDBOX), "sandbox"), "sandbox")

        await shop.parked(
            "Paddle must be asked for the customer, and PADDLE_TEST_API_KEY is not set: set it to "
            "a key with the permission customer.read"
        )
        assert shop.api.asked == []


async def test_customer_without_an_address_gets_a_license_whose_mail_waits(shop: Shop) -> None:
    body = named(body_of(ONE_TIME), "address")
    path = f"/customers/{json.loads(body)['data']['customer_id']}"
    shop.api.add(path, b'{"data": {"name": "Nadia Petrov", "email": null}}')
    await shop.send(body)

    order_id = json.loads(body)["data"]["id"]
    await shop.parked(f"mintpost resend paddle:{order_id} --to ADDRESS")
    (license_,) = await shop.mintpost.licenses()
    assert (license_.email, license_.name) == (None, "Nadia Petrov")
