"""Subscriptions at Paddle: two prices in one, seats, pauses, and a scheduled cancellation."""

from collections.abc import AsyncIterator

import pytest

from tests.storefronts.paddle.bodies import (
    CREATED,
    FIRST,
    REFUND,
    RENEWAL,
    Line,
    body_of,
    changed,
    with_lines,
)
from tests.support.paddle import (
    BASIC,
    END_OF_FIRST,
    END_OF_RENEWAL,
    SYNC,
    Shop,
    named,
    paddle_shop,
)
from tests.support.running import Setup
from tests.support.stepping import stepping

TWO = Line(BASIC, "pro_basic", 2, 500), Line("pri_sync", SYNC, 1, 1500)
THREE = (*TWO, Line(BASIC, "pro_basic", 4, 100))

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with paddle_shop(setup, start=stepping) as started:
        yield started


async def renewed(shop: Shop, bodies: list[bytes], story: str) -> list[str | None]:
    for body in bodies:
        await shop.send(named(body, story))
        await shop.mintpost.settled()
    return [each.outcome for each in reversed(await shop.mintpost.settled())]


async def test_one_renewal_extends_the_license_of_each_price(shop: Shop) -> None:
    first, again = with_lines(FIRST, *THREE).body, with_lines(RENEWAL, *THREE).body

    assert await renewed(shop, [first, again], "prices") == ["fulfilled", "renewed"]
    licenses = await shop.mintpost.licenses()
    assert sorted((each.tier, each.seats) for each in licenses) == [
        ("basic", 2),
        ("basic", 4),
        ("sync", 1),
    ]
    assert {each.expires_at for each in licenses} == {END_OF_RENEWAL}
    assert len([*shop.mintpost.outbox.glob("*.eml")]) == 2  # A mail has the keys of all lines.


async def test_renewal_waits_for_its_first_sale_and_its_refund_takes_one_period_back(
    shop: Shop,
) -> None:
    first, again = with_lines(FIRST, *TWO).body, with_lines(RENEWAL, *TWO).body
    await shop.send(named(again, "waits"))
    assert [each.outcome for each in await shop.mintpost.settled()] == ["noted:no_sale_yet"]
    assert await renewed(shop, [first], "waits") == ["renewed", "fulfilled"]
    assert {each.expires_at for each in await shop.mintpost.licenses()} == {END_OF_RENEWAL}

    order_id = "txn_01kby641nk3a98rm2z7fmk2c63"
    await shop.send(named(changed(REFUND, {"data.transaction_id": order_id}).body, "waits"))
    await shop.mintpost.settled()
    licenses = await shop.mintpost.licenses()
    assert {(each.status, each.expires_at) for each in licenses} == {("expired", END_OF_FIRST)}


async def test_update_of_a_subscription_changes_the_seats_of_its_line(shop: Shop) -> None:
    items = [
        {**line.item(), "quantity": seats, "recurring": True}
        for line, seats in zip(TWO, (2, 5), strict=True)
    ]
    more = {"event_type": "subscription.updated", "event_id": "evt_more", "data.items": items}
    bodies = [with_lines(FIRST, *TWO).body, body_of(CREATED), changed(CREATED, more).body]

    assert await renewed(shop, bodies, "seats") == ["fulfilled", "noted:no_change", "applied"]
    found = {(each.tier, each.seats, each.expires_at) for each in await shop.mintpost.licenses()}
    assert found == {("basic", 2, END_OF_FIRST), ("sync", 5, END_OF_FIRST)}


async def test_other_price_changes_the_license_and_a_further_one_brings_another(
    shop: Shop,
) -> None:
    basic, sync = TWO
    item = {**sync.item(), "recurring": True}
    other = {"event_type": "subscription.updated", "event_id": "evt_other", "data.items": [item]}
    bodies = [with_lines(FIRST, basic).body, body_of(CREATED), changed(CREATED, other).body]
    assert await renewed(shop, bodies, "plan") == ["fulfilled", "noted:no_change", "applied"]
    (license_,) = await shop.mintpost.licenses()
    assert (license_.tier, license_.expires_at) == ("sync", END_OF_FIRST)

    # The second line was added between the two payments.
    again = with_lines(RENEWAL, sync, Line("pri_more", SYNC, 4)).body
    assert (await renewed(shop, [again], "plan"))[-1] == "fulfilled"
    licenses = await shop.mintpost.licenses()
    assert {(each.tier, each.seats, each.expires_at) for each in licenses} == {
        ("sync", 1, END_OF_RENEWAL),
        ("sync", 4, END_OF_RENEWAL),
    }
    assert [each.seats for each in licenses if each.key == license_.key] == [1]


async def test_scheduled_cancellation_is_undone_and_a_pause_ends(shop: Shop) -> None:
    at = "2026-11-02T10:02:04.118000Z"
    told = [
        ("subscription.updated", {"action": "cancel", "effective_at": at}, "11:00"),
        ("subscription.updated", None, "12:00"),
        ("subscription.paused", None, "13:00"),
        ("subscription.resumed", None, "14:00"),
    ]
    changes = [
        changed(
            CREATED,
            {
                "event_type": name,
                "event_id": f"evt_{number}",
                "occurred_at": f"2025-11-02T{hour}:00Z",
                "data.scheduled_change": scheduled,
            },
        ).body
        for number, (name, scheduled, hour) in enumerate(told)
    ]
    bodies = [body_of(FIRST), body_of(RENEWAL), *changes]
    found = []
    for body in bodies:
        await shop.send(named(body, "course"))
        await shop.mintpost.settled()
        (license_,) = await shop.mintpost.licenses()
        found.append((license_.status, license_.renews))

    assert found == [
        ("expired", True),
        ("active", True),
        ("active", False),
        ("active", True),
        ("suspended", True),
        ("active", True),
    ]
