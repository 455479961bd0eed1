"""Made-up events of Lemon Squeezy, through the door and the steps."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from domain.calendar_days import day_end, months_after
from kit.clock import utc_now
from operations.checks import SampleSender
from storefronts.lemonsqueezy.package import LEMON_SQUEEZY
from storefronts.sample import FollowUp, PaidOrder, SamplePlan, SampleRequest, SampleSale
from storefronts.sample_events import SampleEvent
from tests.support.lemonsqueezy_shop import SECRETS, Shop, lemonsqueezy_shop
from tests.support.lives import lives
from tests.support.running import Setup
from tests.support.stepping import stepping

SAMPLE = LEMON_SQUEEZY.sample_shop(SECRETS["live"])
NOW = utc_now().replace(microsecond=0)
SOLD = NOW - timedelta(days=20)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Player:
    """Sends made-up events, of which the shop's API knows all that they lack."""

    shop: Shop
    sender: SampleSender

    async def send(self, request: SampleRequest) -> str | None:
        """Return the outcome of the event."""
        for each in (request, *request.also):
            for path, body in each.answers:
                self.shop.api.add(path, body)
        assert (await self.sender.post(request)).status_code == 200
        return (await self.shop.mintpost.settled())[0].outcome

    async def state(self) -> tuple[str, datetime | None, bool | None, int]:
        (life,) = (await lives(self.shop.mintpost.database)).values()
        return life.status, life.expires_at, life.renews, life.seats


@pytest.fixture
async def player(setup: Setup) -> AsyncIterator[Player]:
    async with lemonsqueezy_shop(setup, start=stepping) as shop:
        http, url, database = shop.mintpost.http, shop.mintpost.url, shop.mintpost.database
        yield Player(shop, SampleSender(http, url, database, SAMPLE, LEMON_SQUEEZY))


def membership() -> SampleSale:
    return SampleSale(
        order_id=SAMPLE.new_order_id(),
        product_id="652777",
        product_name="Inkwell Sync",
        email="ada@example.com",
        name="Ada",
        sold_at=SOLD,
        subscription_id=SAMPLE.new_order_id(),
        months=1,
    )


def told(sale: SampleSale, body: bytes, hours: int, quantity: int = 1) -> FollowUp:
    return FollowUp(
        content_type="application/json",
        body=body,
        paid=(PaidOrder(sale.order_id, SOLD),),
        plan=SamplePlan((), quantity),
        at=NOW - timedelta(hours=24 - hours),
        new_order_id=SAMPLE.new_charge_id(),
    )


async def test_membership_from_its_order_to_its_end(player: Player) -> None:
    sale = membership()
    order = SAMPLE.event(SampleEvent.MEMBERSHIP, sale)
    first, second = months_after(SOLD, 1), months_after(NOW - timedelta(hours=23), 1)
    assert await player.send(order) == "fulfilled"
    assert await player.state() == ("active", first, True, 1)

    quantity = replace(told(sale, order.body, 0), quantity=3)
    assert await player.send(SAMPLE.follow_up(SampleEvent.QUANTITY, quantity)) == "applied"
    assert await player.state() == ("active", first, True, 3)

    renewal = SAMPLE.follow_up(SampleEvent.RENEWAL, told(sale, order.body, 1, 3))
    assert await player.send(renewal) == "renewed"
    assert await player.state() == ("active", second, True, 3)

    refund = SAMPLE.follow_up(SampleEvent.REFUND, told(sale, renewal.body, 2, 3))
    assert await player.send(refund) == "applied"
    assert await player.state() == ("active", first, True, 3)

    stop = SAMPLE.follow_up(SampleEvent.CANCELLATION, told(sale, order.body, 3, 3))
    assert await player.send(stop) == "applied"
    assert await player.state() == ("active", first, False, 3)

    over = SAMPLE.follow_up(SampleEvent.ENDED, told(sale, order.body, 4, 3))
    assert await player.send(over) == "applied"
    ended = day_end(NOW - timedelta(hours=20))
    assert await player.state() == ("active", ended, False, 3)


async def test_sale_that_is_refunded_in_two_parts(player: Player) -> None:
    sale = replace(membership(), subscription_id=None)
    order = SAMPLE.event(SampleEvent.SALE, sale)
    assert await player.send(order) == "fulfilled"

    part = SAMPLE.follow_up(SampleEvent.PARTIAL_REFUND, told(sale, order.body, 1))
    assert await player.send(part) == "noted:partial_refund"
    whole = SAMPLE.follow_up(SampleEvent.REFUND, told(sale, order.body, 2))
    assert await player.send(whole) == "applied"
    assert (await player.state())[0] == "revoked"
