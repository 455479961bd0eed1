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
from tests.support.stepping import stepping
from tests.support.waiting import until

PAID, SIMULATED = "02_transaction_paid_ignored", "15_transaction_completed_simulated"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with paddle_shop(setup) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Shop]:
    async with paddle_shop(setup, start=stepping) as started:
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


async def test_recorded_story_that_ends(stepped: Shop) -> None:
    assert await stepped.play([FIRST, CREATED, CANCELED], "ended") == {
        FIRST: "fulfilled",
        CREATED: "noted:no_change",
        CANCELED: "applied",
    }
    (license_,) = await stepped.mintpost.licenses()
    assert license_.expires_at == END_OF_FIRST
    assert not license_.renews


STORIES: Mapping[str, Sequence[str]] = {
    "refunded": (ONE_TIME, PAID, PENDING, REFUND),
    "renewed": (FIRST, CREATED, RENEWAL),
    "ended": (FIRST, CREATED, CANCELED),
}
Arrivals = Mapping[str, Sequence[Sequence[str]]]
"""Orders of arrival, by story."""
FEW = 5
"""Every so manieth of the 24 orders of the refunded story."""


async def ends_of(shop: Shop, arrivals: Arrivals) -> tuple[dict[str, object], int]:
    """Play all of them side by side. Return each story's ends, and how often one was renewed."""
    for stage in range(max(map(len, STORIES.values()))):
        bodies = [
            named(body_of(names[stage]), f"{story}-{number}")
            for story, orders in arrivals.items()
            for number, names in enumerate(orders)
            if stage < len(names)
        ]
        await asyncio.gather(*map(shop.send, bodies))
        await shop.mintpost.settled()
    found = await lives(shop.mintpost.database)
    ends: dict[str, object] = {
        story: {
            (life.status, life.reason, life.expires_at, life.renews)
            for order_id, life in found.items()
            if f"-{story}-" in order_id
        }
        for story in STORIES
    }
    return ends, len([order_id for order_id in found if "-renewed-" in order_id])


ENDS = {
    # An order whose refund was known before its sale has no license.
    "refunded": {("revoked", "refunded", None, None)},
    "renewed": {("active", None, END_OF_RENEWAL, True)},
    "ended": {("active", None, END_OF_FIRST, False)},
}


async def test_every_order_of_arrival_ends_in_one_state(stepped: Shop) -> None:
    arrivals = {story: [*permutations(bodies)] for story, bodies in STORIES.items()}
    arrivals["refunded"] = arrivals["refunded"][::FEW]
    assert await ends_of(stepped, arrivals) == (ENDS, 6)


async def test_real_runs_that_come_the_wrong_way_round_end_in_that_state_too(shop: Shop) -> None:
    arrivals = {story: [names[::-1]] for story, names in STORIES.items()}
    # A refund or an end that is known before prevents the license.
    arrivals["refunded"].append([PAID, ONE_TIME, PENDING, REFUND])
    arrivals["ended"].append([CREATED, FIRST, CANCELED])
    assert await ends_of(shop, arrivals) == (ENDS, 1)


async def test_copies_at_once_are_one_event(stepped: Shop) -> None:
    body = named(body_of(ONE_TIME), "copies")
    await asyncio.gather(*(stepped.send(body) for _ in range(50)))

    (event,) = await stepped.mintpost.settled()
    assert event.outcome == "fulfilled"
    assert len(await stepped.mintpost.licenses()) == len(await stepped.mintpost.deliveries()) == 1


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


async def test_partial_refunds_that_add_up_take_all_licenses_back(stepped: Shop) -> None:
    await stepped.send(named(with_lines(ONE_TIME, *THREE_LINES[::2]).body, "parts"))
    await stepped.mintpost.settled()
    for number, total in enumerate(("1500", "500")):
        part = {
            "data.type": "partial",
            "data.totals.total": total,
            "data.id": f"adj_{number}",
            "event_id": f"evt_{number}",
        }
        await stepped.send(named(changed(REFUND, part).body, "parts"))
        await stepped.mintpost.settled()  # Else the second part may be read before the first.

    outcomes = [each.outcome for each in reversed(await stepped.mintpost.settled())]
    assert outcomes == ["fulfilled", "noted:partial_refund", "applied"]
    assert {each.status for each in await stepped.mintpost.licenses()} == {"revoked"}


async def test_returned_chargeback_restores_in_any_order(stepped: Shop) -> None:
    sale, chargeback = body_of(ONE_TIME), {"data.action": "chargeback"}
    back = {"data.action": "chargeback_reverse", "event_id": "evt_back", "data.id": "adj_back"}
    events = [sale, changed(REFUND, chargeback).body, changed(REFUND, back).body]
    for number, order in enumerate(permutations(events)):
        for event in order:
            await stepped.send(named(event, f"chargeback-{number}"))
    await stepped.mintpost.settled()

    assert [each.status for each in await stepped.mintpost.licenses()] == ["active"] * 6
