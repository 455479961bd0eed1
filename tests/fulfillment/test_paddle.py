"""Paddle's recorded events through the real stack, with its API on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import permutations

import pytest

from tests.storefronts.paddle.bodies import (
    CANCELED,
    CHARGEBACK,
    CREATED,
    FIRST,
    NAMES,
    ONE_TIME,
    PENDING,
    REFUND,
    RENEWAL,
    SANDBOX,
    Line,
    body_of,
    changed,
    with_lines,
)
from tests.support.lives import lives
from tests.support.paddle import (
    BASIC,
    END_OF_FIRST,
    END_OF_RENEWAL,
    PRODUCTS,
    SYNC,
    Shop,
    named,
    paddle_shop,
)
from tests.support.running import Setup
from tests.support.waiting import until

PAID, SIMULATED = "02_transaction_paid_ignored", "15_transaction_completed_simulated"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with paddle_shop(setup) as started:
        yield started


async def test_recorded_story_that_is_renewed(shop: Shop) -> None:
    names = [name for name in NAMES if name != CANCELED]

    assert await shop.play(names, "renewed") == {
        ONE_TIME: "fulfilled",
        PAID: "ignored:transaction.paid",
        FIRST: "fulfilled",
        CREATED: "noted:no_change",
        RENEWAL: "renewed",
        PENDING: "noted:refund_requested",
        REFUND: "applied",
        CHARGEBACK: "noted:no_sale_yet",
        SANDBOX: "fulfilled",
        SIMULATED: "ignored:simulation",
    }
    assert sorted(await shop.licenses()) == [
        ("basic", "active", None, None),
        ("basic", "revoked", "refunded", None),
        ("sync", "active", None, END_OF_RENEWAL),
    ]
    assert [each.test for each in await shop.mintpost.licenses()].count(True) == 1
    buyers = {each.email for each in await shop.mintpost.licenses()}
    assert buyers == {"nadia@example.net", "lucas@example.net", "test.buyer@example.net"}
    assert len(shop.api.granted) == 4


async def test_recorded_story_that_ends(shop: Shop) -> None:
    assert await shop.play([FIRST, CREATED, CANCELED], "ended") == {
        FIRST: "fulfilled",
        CREATED: "noted:no_change",
        CANCELED: "applied",
    }
    (license_,) = await shop.mintpost.licenses()
    assert license_.expires_at == END_OF_FIRST
    assert not license_.renews


STORIES: Mapping[str, Sequence[str]] = {
    "refunded": (ONE_TIME, PAID, PENDING, REFUND),
    "renewed": (FIRST, CREATED, RENEWAL),
    "ended": (FIRST, CREATED, CANCELED),
}
FEW = 5
"""Every so manieth of the 24 orders of the refunded story."""


async def test_every_order_of_arrival_ends_in_one_state(shop: Shop) -> None:
    orders = {name: [*permutations(bodies)] for name, bodies in STORIES.items()}
    orders["refunded"] = orders["refunded"][::FEW]
    for stage in range(max(map(len, STORIES.values()))):
        bodies = [
            named(body_of(names[stage]), f"{story}-{number}")
            for story, arrivals in orders.items()
            for number, names in enumerate(arrivals)
            if stage < len(names)
        ]
        await asyncio.gather(*map(shop.send, bodies))
        await shop.mintpost.settled()

    found = await lives(shop.mintpost.database)
    ends = {
        story: {
            (life.status, life.reason, life.expires_at, life.renews)
            for order_id, life in found.items()
            if f"-{story}-" in order_id
        }
        for story in STORIES
    }
    assert ends == {
        # An order whose refund was known before its sale has no license.
        "refunded": {("revoked", "refunded", None, None)},
        "renewed": {("active", None, END_OF_RENEWAL, True)},
        "ended": {("active", None, END_OF_FIRST, False)},
    }
    renewed = [order_id for order_id in found if "-renewed-" in order_id]
    assert len(renewed) == len(orders["renewed"])


async def test_copies_at_once_are_one_event(shop: Shop) -> None:
    body = named(body_of(ONE_TIME), "copies")
    await asyncio.gather(*(shop.send(body) for _ in range(50)))

    (event,) = await shop.mintpost.settled()
    assert event.outcome == "fulfilled"
    assert len(await shop.mintpost.licenses()) == len(await shop.mintpost.deliveries()) == 1


THREE_LINES = (
    Line(BASIC, "pro_basic", 2),
    Line("pri_other", "pro_other"),
    Line("pri_of_one_sale", SYNC, kind="custom"),
)


async def test_line_that_is_not_mapped_parks_alone(shop: Shop) -> None:
    await shop.send(named(with_lines(ONE_TIME, *THREE_LINES).body, "lines"))
    await shop.parked('unmapped product "pro_other"')

    async def minted() -> bool | None:
        return True if len(await shop.mintpost.licenses()) == 2 else None

    await until(minted, "the neighbors have their licenses")
    more = "  - {product_id: pri_other, tier: other}\n"
    shop.mintpost.products.write_text(PRODUCTS + more)
    assert [each.outcome for each in await shop.mintpost.settled()] == ["fulfilled"]
    found = {(each.tier, each.seats) for each in await shop.mintpost.licenses()}
    assert found == {("basic", 2), ("other", 1), ("sync", 1)}


async def test_partial_refunds_that_add_up_take_all_licenses_back(shop: Shop) -> None:
    await shop.send(named(with_lines(ONE_TIME, *THREE_LINES[::2]).body, "parts"))
    await shop.mintpost.settled()
    for number, total in enumerate(("1500", "500")):
        part = {
            "data.type": "partial",
            "data.totals.total": total,
            "data.id": f"adj_{number}",
            "event_id": f"evt_{number}",
        }
        await shop.send(named(changed(REFUND, part).body, "parts"))

    outcomes = [each.outcome for each in reversed(await shop.mintpost.settled())]
    assert outcomes == ["fulfilled", "noted:partial_refund", "applied"]
    assert {each.status for each in await shop.mintpost.licenses()} == {"revoked"}


async def test_returned_chargeback_restores_in_any_order(shop: Shop) -> None:
    sale, chargeback = body_of(ONE_TIME), {"data.action": "chargeback"}
    back = {"data.action": "chargeback_reverse", "event_id": "evt_back", "data.id": "adj_back"}
    events = [sale, changed(REFUND, chargeback).body, changed(REFUND, back).body]
    for number, order in enumerate(permutations(events)):
        for event in order:
            await shop.send(named(event, f"chargeback-{number}"))
    await shop.mintpost.settled()

    assert [each.status for each in await shop.mintpost.licenses()] == ["active"] * 6
