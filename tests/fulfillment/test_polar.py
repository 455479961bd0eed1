"""Polar's recorded events through the real stack, in order and in every order of arrival."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import permutations

import pytest

from tests.storefronts.polar.recorded import (
    as_event,
    body,
    changed,
    other,
    refund,
    with_data,
    with_subscription,
)
from tests.support.lives import lives
from tests.support.polar_shop import LIVE, SANDBOX, PolarShop, named, polar_shop, renamed
from tests.support.running import Setup
from tests.support.stepping import stepping

END_OF_FIRST = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
END_OF_RENEWAL = datetime(2027, 11, 3, 23, 59, 59, tzinfo=UTC)
BASIC_ORDER = "4204cf8a-d6b2-4aa5-a1d9-2589374ffe1b"
SYNC_ORDER = "bdd35c0b-646c-4277-bede-3310312dbf52"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[PolarShop]:
    async with polar_shop(setup) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[PolarShop]:
    async with polar_shop(setup, start=stepping) as started:
        yield started


async def test_each_recorded_event_has_its_outcome(shop: PolarShop) -> None:
    told = {
        "01": "fulfilled",
        "02": "ignored:order.created",
        "03": "fulfilled",
        "07": "renewed",
        "08": "applied",
        "13": "fulfilled",
        "14": "fulfilled",
    }
    for number in told:
        secret = SANDBOX if number == "13" else LIVE
        assert await shop.send(named(body(number), "renewed"), secret=secret) == 200
        await shop.mintpost.settled()

    assert await shop.outcomes() == [*told.values()]
    found = await shop.mintpost.licenses()
    assert sorted((each.tier, each.status, each.seats, each.test) for each in found) == [
        ("basic", "active", 1, True),
        ("basic", "revoked", 1, False),
        ("sync", "active", 1, False),
        ("team", "active", 5, False),
    ]
    assert {each.expires_at for each in found} == {None, END_OF_RENEWAL}
    assert shop.api.asked == []


async def test_a_bill_with_usage_renews_once_and_one_after_the_end_does_not(
    stepped: PolarShop,
) -> None:
    last = with_subscription("15", status="canceled", ended_at="2026-11-02T10:02:20.500000Z")
    told = {"usage": (body("03"), body("15")), "ended": (body("03"), body("11"), body("12"), last)}
    for story, bodies in told.items():
        for content in bodies:
            await stepped.send(named(content, story))
            await stepped.mintpost.settled()

    outcomes = await stepped.outcomes()
    assert outcomes[:2] == ["fulfilled", "renewed"]
    assert outcomes[2:] == ["fulfilled", "applied", "noted:no_change", "ignored:usage_after_end"]
    found = await lives(stepped.mintpost.database)
    renewed, ended = (found[renamed(SYNC_ORDER, story)] for story in ("usage", "ended"))
    assert (renewed.expires_at, renewed.renews) == (END_OF_RENEWAL, True)
    assert (ended.expires_at, ended.renews) == (END_OF_FIRST, False)


STORIES: Mapping[str, Sequence[bytes]] = {
    "refunded": (body("02"), body("01"), refund(), body("08")),
    "prevented": (body("01"), refund(reason="dispute_prevention")),
    "renewed": (body("03"), body("07")),
    "undone": (
        body("03"),
        body("11"),
        as_event(
            "subscription.uncanceled",
            with_data("11", cancel_at_period_end=False, modified_at="2026-01-05T08:00:00Z"),
        ),
    ),
    "ended": (body("03"), body("11"), body("12")),
    "paused": (
        body("03"),
        as_event("subscription.paused", with_data("11", modified_at="2026-01-05T08:00:00Z")),
    ),
    "resumed": (
        body("03"),
        as_event("subscription.paused", with_data("11", modified_at="2026-01-05T08:00:00Z")),
        as_event("subscription.resumed", with_data("11", modified_at="2026-02-05T08:00:00Z")),
    ),
}
LIVES = {
    "refunded": ("revoked", "refunded", None, None),
    "prevented": ("revoked", "refunded", None, None),
    "renewed": ("active", None, END_OF_RENEWAL, True),
    "undone": ("active", None, END_OF_FIRST, True),
    "ended": ("active", None, END_OF_FIRST, False),
    "paused": ("suspended", "paused", END_OF_FIRST, True),
    "resumed": ("active", None, END_OF_FIRST, True),
}
FEW = 5
"""Every so manieth of the 24 orders of the refunded story."""


Arrivals = Mapping[str, Sequence[Sequence[bytes]]]
"""Orders of arrival, by story."""


async def require_one_end(shop: PolarShop, orders: Arrivals) -> None:
    """Play all of them side by side, and require the one end of each story."""
    for stage in range(max(map(len, STORIES.values()))):
        await asyncio.gather(
            *(
                shop.send(named(bodies[stage], f"{story}-{number}"))
                for story, arrivals in orders.items()
                for number, bodies in enumerate(arrivals)
                if stage < len(bodies)
            )
        )
        await shop.mintpost.settled()

    found = await lives(shop.mintpost.database)
    for story, arrivals in orders.items():
        first = BASIC_ORDER if LIVES[story][1] == "refunded" else SYNC_ORDER
        orders_of = [renamed(first, f"{story}-{number}") for number in range(len(arrivals))]
        told = {
            (life.status, life.reason, life.expires_at, life.renews)
            for order_id in orders_of
            if (life := found.get(order_id)) is not None
        }
        assert told == {LIVES[story]}, story
        # An order whose refund or end was known before its sale has no license.
        unlicensed = [order_id for order_id in orders_of if order_id not in found]
        assert not unlicensed or story in {"refunded", "prevented", "ended"}, story


async def test_every_order_of_arrival_ends_in_one_state(stepped: PolarShop) -> None:
    orders = {story: [*permutations(bodies)] for story, bodies in STORIES.items()}
    orders["refunded"] = orders["refunded"][::FEW]
    await require_one_end(stepped, orders)


async def test_real_runs_that_come_the_wrong_way_round_end_in_that_state_too(
    shop: PolarShop,
) -> None:
    orders = {story: [STORIES[story][::-1]] for story in ("renewed", "undone", "resumed")}
    # The refunded order in order too, because a refund that is known before prevents the license.
    refunded = STORIES["refunded"]
    await require_one_end(shop, {"refunded": [refunded, refunded[::-1]], **orders})


async def test_an_update_changes_the_seats_and_the_newest_by_polars_time_counts(
    stepped: PolarShop,
) -> None:
    def update(seats: int, month: int) -> bytes:
        at = f"2026-0{month}-01T08:00:00Z"
        members = {"cancel_at_period_end": False, "ends_at": None, "modified_at": at}
        return as_event("subscription.updated", with_data("11", **members, seats=seats))

    for content in (body("03"), update(7, 5), update(3, 2)):
        await stepped.send(named(content, "seats"))
        await stepped.mintpost.settled()

    (license_,) = await stepped.mintpost.licenses()
    assert (license_.seats, license_.expires_at) == (7, END_OF_FIRST)
    assert await stepped.outcomes() == ["fulfilled", "applied", "noted:no_change"]


async def test_partial_refunds_are_sums_so_far(stepped: PolarShop) -> None:
    def part(amount: int) -> bytes:
        so_far = {"refunded_amount": amount, "refunded_tax_amount": 0}
        return with_data("08", status="partially_refunded", **so_far)

    for content in (body("01"), part(2000), part(4000)):
        await stepped.send(named(content, "parts"))
        await stepped.mintpost.settled()
    assert await stepped.outcomes() == ["fulfilled", "noted:partial_refund", "noted:partial_refund"]
    assert [each.status for each in await stepped.mintpost.licenses()] == ["active"]

    await stepped.send(named(body("08"), "parts"))
    assert (await stepped.outcomes())[-1] == "applied"
    assert [each.status for each in await stepped.mintpost.licenses()] == ["revoked"]


async def test_fifty_copies_at_once_are_one_event_and_two_endpoints_one_license(
    stepped: PolarShop,
) -> None:
    content = named(body("01"), "copies")
    await asyncio.gather(*(stepped.send(content) for _ in range(50)))
    await stepped.send(content, event_id="of the second endpoint")

    assert await stepped.outcomes() == ["fulfilled", "duplicate"]
    assert len(await stepped.mintpost.licenses()) == len(await stepped.mintpost.deliveries()) == 1


async def test_events_that_are_not_ours_or_not_known_change_nothing(stepped: PolarShop) -> None:
    foreign = changed(
        body("01"), lambda found: found["data"]["product"].update(organization_id="another")
    )
    granted = other("benefit_grant.created", properties={"license_key_id": "0d3c"})
    for content in (foreign, granted, other("order.shipped"), b"[1]", b"null"):
        assert await stepped.send(named(content, "strange")) == 200
    await stepped.send(named(body("01"), "strange"))

    assert await stepped.outcomes() == [
        "ignored:foreign_account",
        "ignored:benefit_grant.created",
        "noted:unknown_event",
        "failed",
        "failed",
        "fulfilled",
    ]
    notes = [event.note for event in await stepped.mintpost.events() if event.note]
    assert len(notes) == 1
    assert notes[0].startswith("Polar gives the buyer a license key of its own")
