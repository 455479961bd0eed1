"""Subscriptions of two prices, of a link, and of renewals that come before their sale."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import permutations
from uuid import uuid4

import pytest

from kit.doors.labeled_secrets import LabeledSecret
from tests.storefronts.kiosk.sample import (
    KioskEvent,
    began,
    changed,
    line,
    paid,
    refunded,
    renewed,
)
from tests.storefronts.kiosk.storefront import Kiosk
from tests.support.histories import keep_history
from tests.support.running import Mintpost, Setup, running
from tests.support.stepping import stepping

SECRET = "kiosk-secret"
PRODUCTS = """\
kiosk:
  - {product_id: "5", tier: core, months: 1}
  - {product_id: six, tier: pro, months: 1}
"""
FIRST, SECOND = "2027-01-10T12:00:00Z", "2027-02-10T12:00:00Z"
LATER = "2026-09-20T12:00:05Z"
JANUARY, FEBRUARY = (datetime(2027, month, 10, 23, 59, 59, tzinfo=UTC) for month in (1, 2))

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Mintpost]:
    setup.others = {"kiosk": Kiosk([LabeledSecret(SECRET)])}
    setup.products = PRODUCTS
    async with running(setup) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Mintpost]:
    setup.others = {"kiosk": Kiosk([LabeledSecret(SECRET)])}
    setup.products = PRODUCTS
    async with stepping(setup) as started:
        yield started


async def send(shop: Mintpost, event: KioskEvent) -> None:
    answer = await shop.http.post(
        f"{shop.url}/webhooks/kiosk", content=event.body, headers=event.headers(SECRET)
    )
    assert answer.status_code == 200


async def outcomes(shop: Mintpost, *events: KioskEvent) -> list[str | None]:
    """Send the events, each when the one before is settled."""
    for event in events:
        await send(shop, event)
        await shop.settled()
    return [each.outcome for each in reversed(await shop.settled())]


def two_prices(order: str, plan: str) -> tuple[KioskEvent, KioskEvent]:
    """Return the sale of a subscription with two prices, and its renewal."""
    lines = line(1, 5, plan=f"{plan}-a"), line(2, "six", plan=f"{plan}-b")
    return (
        paid(order, *lines, subscription=plan, paid_until=FIRST),
        renewed(f"{order}-2", *lines, subscription=plan, paid_until=SECOND, paid_at=LATER),
    )


async def test_one_renewal_extends_both_licenses_and_its_refund_takes_both_back(
    stepped: Mintpost,
) -> None:
    order, plan = str(uuid4()), str(uuid4())
    events = *two_prices(order, plan), refunded(f"{order}-2")
    assert await outcomes(stepped, *events[:2]) == ["fulfilled", "renewed"]
    assert [each.expires_at for each in await stepped.licenses()] == [FEBRUARY, FEBRUARY]
    assert len(await stepped.deliveries()) == 2  # Each carries both licenses.
    assert await outcomes(stepped, events[2]) == ["fulfilled", "renewed", "applied"]
    assert [each.expires_at for each in await stepped.licenses()] == [JANUARY, JANUARY]


async def test_line_of_a_subscription_gets_its_own_seats(stepped: Mintpost) -> None:
    order, plan = str(uuid4()), str(uuid4())
    items = [{"plan": f"{plan}-b", "quantity": 7}, {"plan": f"{plan}-a", "quantity": 1}]
    await outcomes(stepped, two_prices(order, plan)[0], changed(plan, items=items, renews=False))
    found = {each.tier: (each.seats, each.renews) for each in await stepped.licenses()}
    assert found == {"core": (1, False), "pro": (7, False)}


async def test_renewal_waits_for_its_sale_and_is_mailed_once(shop: Mintpost) -> None:
    order, plan = str(uuid4()), str(uuid4())
    sale, renewal = two_prices(order, plan)
    assert await outcomes(shop, renewal) == ["noted:no_sale_yet"]
    assert await shop.licenses() == []
    run = shop.client.get_workflow_handle(f"kiosk:{order}-2")
    await run.result()
    await keep_history("fulfill_sale.1.waits-for-its-sale", run)
    assert await outcomes(shop, sale) == ["renewed", "fulfilled"]
    licenses = await shop.licenses()
    assert [(each.order_id, each.expires_at) for each in licenses] == [(order, FEBRUARY)] * 2
    reasons = sorted(each.reason for each in await shop.deliveries())
    assert reasons == [f"charge:{order}-2", "sale"]


def linked_story(order: str, plan: str) -> tuple[KioskEvent, ...]:
    """Return a sale without its subscription, the link, a renewal and a cancellation."""
    renewal = {"subscription": plan, "paid_until": SECOND, "paid_at": LATER}
    return (
        paid(order, line(1, 5)),
        began(plan, order, paid_until=FIRST),
        renewed(f"{order}-2", line(1, 5), **renewal),
        changed(plan, renews=False),
    )


async def test_story_of_a_linked_subscription_ends_alike_in_every_order(stepped: Mintpost) -> None:
    # A few orders, because the tests of the database have the rest.
    for places in [*permutations(range(4))][::4]:
        story = linked_story(str(uuid4()), str(uuid4()))
        for place in places:
            await send(stepped, story[place])
    settled = {(each.kind, each.outcome) for each in await stepped.settled()}
    assert {("sale", "fulfilled"), ("recurring_charge", "renewed")} < settled
    assert ("recurring_charge", "noted:no_sale_yet") not in settled
    licenses = await stepped.licenses()
    assert len(licenses) == 6
    ends = {(each.expires_at, each.renews, each.status) for each in licenses}
    assert ends == {(FEBRUARY, False, "active")}
    assert not any(each.order_id.endswith("-2") for each in licenses)


def surviving_story(order: str, plan: str) -> tuple[KioskEvent, ...]:
    """Return a sale, its refund, and a renewal that stands."""
    renewal = {"subscription": plan, "paid_until": SECOND, "paid_at": LATER}
    return (
        paid(order, line(1, 5), subscription=plan, paid_until=FIRST),
        refunded(order),
        renewed(f"{order}-2", line(1, 5), **renewal),
    )


async def test_renewal_that_stands_outlives_the_refund_of_the_first_payment_in_every_order(
    stepped: Mintpost,
) -> None:
    for places in permutations(range(3)):
        story = surviving_story(str(uuid4()), str(uuid4()))
        await outcomes(stepped, *(story[place] for place in places))
    licenses = await stepped.licenses()
    assert {(each.status, each.expires_at) for each in licenses} == {("active", FEBRUARY)}
    assert len(licenses) == 6
    mailed = {each.license_id for each in await stepped.deliveries() if each.status == "logged"}
    assert mailed == {each.id for each in licenses}
