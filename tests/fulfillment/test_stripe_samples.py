"""Made-up events of Stripe through the door and the steps: each has its effect, in any order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from storefronts.sample import FollowUp, PaidOrder, SamplePlan, SampleRequest, SampleSale
from storefronts.sample_events import SampleEvent
from storefronts.stripe.sample import StripeSample
from tests.storefronts.stripe.recorded import SECRETS
from tests.support.running import Setup
from tests.support.stepping import stepping
from tests.support.stripe import Shop, stripe_shop

PRODUCTS = """\
stripe:
  - {product_id: prod_core, tier: core, months: 1}
  - {product_id: price_plus, tier: plus, months: 1}
"""
NOW = datetime.now(UTC).replace(microsecond=0)
SOLD_AT = NOW - timedelta(days=10)
SAMPLE = StripeSample(SECRETS["live"])

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Play:
    """A made-up order, and the events that follow it."""

    shop: Shop
    sale: SampleSale
    sent: list[SampleRequest] = field(default_factory=list)

    async def send(self, request: SampleRequest) -> str | None:
        """Send the request, and let the fake know its answers. Return the outcome."""
        self.shop.api.keep_newest(request.answers)
        mintpost = self.shop.mintpost
        answer = await mintpost.http.post(
            f"{mintpost.url}/webhooks/stripe", content=request.body, headers=request.headers
        )
        assert answer.status_code == 200
        (newest, *_) = await mintpost.settled()
        return newest.outcome

    async def sold(self) -> str | None:
        return await self.send(SAMPLE.request(self.sale))

    async def follow(self, name: SampleEvent, days: int = 1, **words: object) -> str | None:
        told = FollowUp(
            content_type="application/json",
            body=SAMPLE.request(self.sale).body,
            paid=(PaidOrder(self.sale.order_id, self.sale.sold_at),),
            plan=SamplePlan((), self.sale.quantity),
            at=SOLD_AT + timedelta(days=days),
            new_order_id=f"in_{uuid4().hex}",
        )
        return await self.send(SAMPLE.follow_up(name, replace(told, **words)))  # type: ignore[arg-type]

    async def state(self) -> tuple[str, str, int, bool | None]:
        (license_,) = await self.shop.mintpost.licenses()
        return license_.status, license_.tier, license_.seats, license_.renews


@pytest.fixture
async def play(setup: Setup) -> AsyncIterator[Play]:
    async with stripe_shop(setup, start=stepping) as shop:
        shop.mintpost.products.write_text(PRODUCTS)
        yield Play(shop, sale())


@pytest.fixture
def member(play: Play) -> Play:
    return replace(play, sale=replace(sale(), subscription_id=f"sub_{uuid4().hex}", months=1))


def sale() -> SampleSale:
    return SampleSale(
        order_id=SAMPLE.new_order_id(),
        product_id="prod_core",
        product_name="Core",
        email="ada@example.com",
        name="Ada",
        sold_at=SOLD_AT,
        quantity=2,
    )


async def test_a_sale_is_disputed_won_and_refunded(play: Play) -> None:
    outcomes = [
        await play.sold(),
        await play.follow(SampleEvent.PARTIAL_REFUND),
        await play.follow(SampleEvent.DISPUTE, 2),
        await play.follow(SampleEvent.DISPUTE_WON, 3),
        await play.follow(SampleEvent.REFUND, 4),
    ]

    assert outcomes == ["fulfilled", "noted:partial_refund", "applied", "applied", "applied"]
    assert await play.state() == ("revoked", "core", 2, None)


async def test_a_late_dispute_is_read_as_stripe_has_it_by_then(play: Play) -> None:
    outcomes = [
        await play.follow(SampleEvent.DISPUTE_WON, 3),
        await play.follow(SampleEvent.DISPUTE, 2),
        await play.sold(),
    ]

    assert outcomes == ["noted:no_sale_yet", "noted:no_sale_yet", "fulfilled"]
    assert await play.state() == ("active", "core", 2, None)


async def test_a_membership_is_renewed_changed_canceled_and_ended(member: Play) -> None:
    told = [await member.sold(), await member.follow(SampleEvent.RENEWAL, 8)]
    states = [await member.state()]
    for name, words in (
        (SampleEvent.QUANTITY, {"quantity": 5}),
        (SampleEvent.UPGRADE, {"product_id": "price_plus"}),
        (SampleEvent.CANCELLATION, {"product_id": "price_plus"}),
        (SampleEvent.ENDED, {}),
    ):
        told.append(await member.follow(name, 9, **words))
        states.append(await member.state())

    assert told == ["fulfilled", "renewed", *["applied"] * 4]
    assert states == [
        ("active", "core", 2, True),
        ("active", "core", 5, True),
        ("active", "plus", 2, True),
        ("active", "plus", 2, False),
        ("expired", "plus", 2, False),
    ]


async def test_a_charge_that_comes_before_its_membership_counts_when_that_comes(
    member: Play,
) -> None:
    charge = replace(
        member.sale, order_id=f"in_{uuid4().hex}", is_charge=True, sold_at=NOW - timedelta(days=1)
    )
    assert await member.send(SAMPLE.request(charge)) == "noted:no_sale_yet"
    assert await member.sold() == "fulfilled"

    outcomes = [each.outcome for each in reversed(await member.shop.mintpost.settled())]
    assert outcomes == ["renewed", "fulfilled"]
    (license_,) = await member.shop.mintpost.licenses()
    assert license_.expires_at is not None
    assert license_.expires_at > NOW + timedelta(days=26)
