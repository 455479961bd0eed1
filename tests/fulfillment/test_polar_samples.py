"""Made-up events of Polar, through the door and the steps."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from domain.calendar_days import day_end, months_after
from kit.clock import utc_now
from operations.checks import SampleSender
from storefronts.polar.package import POLAR
from storefronts.sample import FollowUp, PaidOrder, SamplePlan, SampleRequest, SampleSale
from storefronts.sample_events import SampleEvent
from tests.support.lives import lives
from tests.support.polar_shop import LIVE, PolarShop, polar_shop
from tests.support.running import Setup
from tests.support.stepping import stepping

SAMPLE = POLAR.sample_shop(LIVE)
NOW = utc_now()
SOLD = NOW - timedelta(days=20)
BASIC = "e8ff0851-d949-466d-ad79-a0f9ad1ec278"
SYNC = "0b6a90cb-2485-4406-9cd2-22ebfd086ff4"
TEAM = "b8e2e931-4450-481d-a536-ee47461d2363"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Player:
    """Sends made-up events about one order, as `mintpost trigger` does."""

    shop: PolarShop
    sender: SampleSender
    sale: SampleSale

    async def send(self, request: SampleRequest) -> str | None:
        """Return the outcome of the event."""
        assert (await self.sender.post(request)).status_code == 200
        return (await self.shop.mintpost.settled())[0].outcome

    async def follow(
        self,
        name: SampleEvent,
        hours: int,
        quantity: int = 1,
        product_id: str | None = None,
        renewed: tuple[PaidOrder, ...] = (),
    ) -> str | None:
        """Send an event that happened `hours` after yesterday."""
        told = FollowUp(
            content_type="application/json",
            body=SAMPLE.request(self.sale).body,
            paid=(PaidOrder(self.sale.order_id, SOLD), *renewed),
            plan=SamplePlan((), 1),
            at=NOW - timedelta(hours=24 - hours),
            new_order_id=SAMPLE.new_order_id(),
            quantity=quantity,
            product_id=product_id,
        )
        return await self.send(SAMPLE.follow_up(name, told))

    async def state(self) -> tuple[str, str, datetime | None, bool | None, int]:
        (life,) = (await lives(self.shop.mintpost.database)).values()
        return life.status, life.tier, life.expires_at, life.renews, life.seats


@pytest.fixture
async def player(setup: Setup) -> AsyncIterator[Player]:
    async with polar_shop(setup, start=stepping) as shop:
        mintpost = shop.mintpost
        sender = SampleSender(mintpost.http, mintpost.url, mintpost.database, SAMPLE, POLAR)
        order_id = SAMPLE.new_order_id()
        sale = SampleSale(order_id, BASIC, "Inkwell", "ada@example.com", "Ada", SOLD)
        yield Player(shop, sender, sale)


async def test_membership_from_its_order_to_its_end(player: Player) -> None:
    subscription_id = SAMPLE.new_order_id()
    of_member = replace(player.sale, product_id=SYNC, subscription_id=subscription_id, months=1)
    member = replace(player, sale=of_member)
    first, second = months_after(SOLD, 1), months_after(months_after(SOLD, 1), 1)
    assert await member.send(SAMPLE.event(SampleEvent.MEMBERSHIP, of_member)) == "fulfilled"
    assert await member.state() == ("active", "sync", first, True, 1)

    assert await member.follow(SampleEvent.RENEWAL, 1) == "renewed"
    assert await member.state() == ("active", "sync", second, True, 1)

    assert await member.follow(SampleEvent.QUANTITY, 2, quantity=3) == "applied"
    assert await member.state() == ("active", "sync", second, True, 3)

    assert await member.follow(SampleEvent.UPGRADE, 3, quantity=3, product_id=TEAM) == "applied"
    assert await member.state() == ("active", "team", second, True, 3)

    renewed = (PaidOrder("renewal", first),)
    assert await member.follow(SampleEvent.CANCELLATION, 4, renewed=renewed) == "applied"
    assert await member.state() == ("active", "team", second, False, 3)

    assert await member.follow(SampleEvent.ENDED, 5) == "applied"
    over = day_end(NOW - timedelta(hours=19))
    assert await member.state() == ("active", "team", over, False, 3)


async def test_sale_that_is_refunded_in_part_and_then_whole(player: Player) -> None:
    assert await player.send(SAMPLE.event(SampleEvent.SALE, player.sale)) == "fulfilled"
    assert await player.follow(SampleEvent.PARTIAL_REFUND, 1) == "noted:partial_refund"
    assert await player.follow(SampleEvent.REFUND, 2) == "applied"
    assert (await player.state())[0] == "revoked"
