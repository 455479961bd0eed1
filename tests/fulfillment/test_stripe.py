"""Stripe's recorded events through the real stack, with its API on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import permutations

import pytest

from tests.storefronts.stripe.recorded import (
    DELETED,
    DISPUTE,
    FIRST_INVOICE,
    MEMBER,
    NAMES,
    PAID_LATER,
    REFUND,
    RENEWAL,
    RENEWAL_BEFORE,
    SALE,
    TEST,
    THIN,
    UNPAID,
    body_of,
)
from tests.support.lives import lives
from tests.support.running import Setup
from tests.support.stepping import stepping
from tests.support.stripe import Shop, named, stripe_shop

END_OF_FIRST = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
END_OF_RENEWAL = datetime(2027, 11, 2, 23, 59, 59, tzinfo=UTC)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with stripe_shop(setup) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Shop]:
    async with stripe_shop(setup, start=stepping) as started:
        yield started


async def test_recorded_story_that_is_renewed(shop: Shop) -> None:
    shop.know("renewed")
    names = [name for name in NAMES if name != DELETED]

    assert await shop.play(names, "renewed") == {
        SALE: "fulfilled",
        MEMBER: "fulfilled",
        FIRST_INVOICE: "noted:no_change",
        RENEWAL: "renewed",
        RENEWAL_BEFORE: "duplicate",
        REFUND: "applied",
        DISPUTE: "noted:no_sale_yet",
        TEST: "fulfilled",
        UNPAID: "noted:waits_for_payment",
        PAID_LATER: "fulfilled",
        THIN: "duplicate",
    }
    assert sorted(await shop.licenses()) == [
        ("basic", "active", None, None),
        ("basic", "revoked", "refunded", None),
        ("studio", "active", None, None),
        ("sync", "active", None, END_OF_RENEWAL),
    ]
    assert [each.test for each in await shop.mintpost.licenses()].count(True) == 1


async def test_recorded_story_that_ends(stepped: Shop) -> None:
    stepped.know("ended")

    assert await stepped.play([FIRST_INVOICE, MEMBER, DELETED], "ended") == {
        FIRST_INVOICE: "noted:no_sale_yet",
        MEMBER: "fulfilled",
        DELETED: "applied",
    }
    (license_,) = await stepped.mintpost.licenses()
    assert (license_.expires_at, license_.renews) == (END_OF_FIRST, False)


STORIES: Mapping[str, Sequence[str]] = {
    "refunded": (SALE, THIN, REFUND),
    "paid-later": (UNPAID, PAID_LATER),
    "renewed": (MEMBER, FIRST_INVOICE, RENEWAL),
    "ended": (MEMBER, FIRST_INVOICE, DELETED),
}
Arrivals = Mapping[str, Sequence[Sequence[str]]]
"""Orders of arrival, by story."""


async def ends_of(shop: Shop, arrivals: Arrivals) -> tuple[dict[str, object], int]:
    """Play all of them side by side. Return each story's ends, and how often one was renewed."""
    stories = [
        (f"{story}-{number}", names)
        for story, orders in arrivals.items()
        for number, names in enumerate(orders)
    ]
    for story, _ in stories:
        shop.know(story)
    for stage in range(max(map(len, STORIES.values()))):
        bodies = [
            named(body_of(names[stage]).decode(), story)
            for story, names in stories
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
        for story in arrivals
    }
    return ends, len([order_id for order_id in found if "-renewed-" in order_id])


ENDS = {
    # An order whose refund was known before its sale has no license.
    "refunded": {("revoked", "refunded", None, None)},
    "paid-later": {("active", None, None, None)},
    "renewed": {("active", None, END_OF_RENEWAL, True)},
    "ended": {("active", None, END_OF_FIRST, False)},
}


async def test_every_order_of_arrival_ends_in_one_state(stepped: Shop) -> None:
    arrivals = {story: [*permutations(bodies)] for story, bodies in STORIES.items()}
    assert await ends_of(stepped, arrivals) == (ENDS, 6)


async def test_real_runs_that_come_the_wrong_way_round_end_in_that_state_too(shop: Shop) -> None:
    arrivals = {story: [names[::-1]] for story, names in STORIES.items()}
    # A refund or an end that is known before prevents the license.
    arrivals["refunded"].append([THIN, SALE, REFUND])
    arrivals["ended"].append([FIRST_INVOICE, MEMBER, DELETED])
    assert await ends_of(shop, arrivals) == (ENDS, 1)
