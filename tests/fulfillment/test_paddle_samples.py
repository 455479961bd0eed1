"""Made-up events of Paddle, through the door and the steps."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from domain.calendar_days import day_end, months_after
from kit.clock import utc_now
from operations.checks import SampleSender
from storefronts.paddle.package import PADDLE
from storefronts.sample import FollowUp, PaidOrder, SamplePlan, SampleRequest, SampleSale
from storefronts.sample_events import SampleEvent
from tests.storefronts.paddle.bodies import SECRETS
from tests.support.lives import lives
from tests.support.paddle import BASIC, SYNC, Shop, paddle_shop
from tests.support.running import Setup
from tests.support.stepping import stepping

SAMPLE = PADDLE.sample_shop(SECRETS["live"])
NOW = utc_now()
SOLD = NOW - timedelta(days=20)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Player:
    """Sends made-up events about one order, and gives the shop's API its answers first."""

    shop: Shop
    sender: SampleSender
    sale: SampleSale

    async def send(self, request: SampleRequest) -> str | None:
        """Return the outcome of the event."""
        for path, body in request.answers:
            self.shop.api.add(path, body)
        assert (await self.sender.post(request)).status_code == 200
        return (await self.shop.mintpost.settled())[0].outcome

    async def follow(
        self,
        name: SampleEvent,
        hours: int,
        quantity: int = 1,
        of: SampleRequest | None = None,
        renewed: tuple[PaidOrder, ...] = (),
    ) -> str | None:
        """Send an event that happened `hours` after yesterday, to the first order or another."""
        told = FollowUp(
            content_type="application/json",
            body=(of or SAMPLE.request(self.sale)).body,
            paid=(PaidOrder(self.sale.order_id, SOLD), *renewed),
            plan=SamplePlan((), quantity),
            at=NOW - timedelta(hours=24 - hours),
            new_order_id=SAMPLE.new_order_id(),
        )
        return await self.send(SAMPLE.follow_up(name, told))

    async def state(self) -> tuple[str, datetime | None, bool | None, int]:
        (life,) = (await lives(self.shop.mintpost.database)).values()
        return life.status, life.expires_at, life.renews, life.seats


@pytest.fixture
async def player(setup: Setup) -> AsyncIterator[Player]:
    async with paddle_shop(setup, start=stepping) as shop:
        mintpost = shop.mintpost
        sender = SampleSender(mintpost.http, mintpost.url, mintpost.database, SAMPLE, PADDLE)
        order_id = SAMPLE.new_order_id()
        sale = SampleSale(order_id, BASIC, "Inkwell", "ada@example.com", "Ada", SOLD)
        yield Player(shop, sender, sale)


async def test_membership_from_its_order_to_its_end(player: Player) -> None:
    of_member = replace(
        player.sale, product_id=SYNC, subscription_id=f"sub_{player.sale.order_id}", months=1
    )
    member = replace(player, sale=of_member)
    first, second = months_after(SOLD, 1), months_after(NOW - timedelta(hours=23), 1)
    assert await member.send(SAMPLE.event(SampleEvent.MEMBERSHIP, of_member)) == "fulfilled"
    assert await member.state() == ("active", first, True, 1)

    assert await member.follow(SampleEvent.RENEWAL, 1) == "renewed"
    assert await member.state() == ("active", second, True, 1)

    assert await member.follow(SampleEvent.QUANTITY, 2, quantity=3) == "applied"
    assert await member.state() == ("active", second, True, 3)

    renewed = (PaidOrder("renewal", NOW - timedelta(hours=23)),)
    canceled = await member.follow(SampleEvent.CANCELLATION, 3, quantity=3, renewed=renewed)
    assert canceled == "applied"
    assert await member.state() == ("active", second, False, 3)

    assert await member.follow(SampleEvent.ENDED, 4) == "applied"
    assert await member.state() == ("active", day_end(NOW - timedelta(hours=20)), False, 3)


async def test_sale_that_is_disputed_and_refunded_in_parts(player: Player) -> None:
    assert await player.send(SAMPLE.event(SampleEvent.SALE, player.sale)) == "fulfilled"
    found = []
    for hours, name in enumerate(
        (
            SampleEvent.PARTIAL_REFUND,
            SampleEvent.DISPUTE,
            SampleEvent.DISPUTE_WON,
            SampleEvent.PARTIAL_REFUND,
        )
    ):
        found.append((await player.follow(name, hours), (await player.state())[0]))

    assert found == [
        ("noted:partial_refund", "active"),
        ("applied", "suspended"),
        ("applied", "active"),
        ("applied", "revoked"),
    ]
