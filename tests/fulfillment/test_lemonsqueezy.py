"""Lemon Squeezy's recorded events through the real stack, with its API on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import permutations

import pytest

from tests.storefronts.lemonsqueezy.told import body, renamed_body
from tests.support.lemonsqueezy_shop import Shop, lemonsqueezy_shop, named, story_of
from tests.support.lives import lives
from tests.support.running import Setup
from tests.support.stepping import stepping

END_OF_FIRST = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
END_OF_RENEWAL = datetime(2027, 11, 3, 23, 59, 59, tzinfo=UTC)
REFUNDED, RENEWED = ("01", "07"), ("02", "03", "05", "06")
Changes = Mapping[str, object]
FEW = 2
"""Every so manieth of the 24 orders of the renewed story."""

FIRST_OF_RENEWED = 100
"""The number of the first story that is renewed."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Shop]:
    async with lemonsqueezy_shop(setup) as started:
        started.know()
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Shop]:
    async with lemonsqueezy_shop(setup, start=stepping) as started:
        started.know()
        yield started


async def test_recorded_story(shop: Shop) -> None:
    names = ("01", "02", "03", "05", "06", "07", "08", "12", "14")

    assert await shop.play(names) == {
        "01": "fulfilled",
        "02": "fulfilled",
        "03": "applied",
        "05": "renewed",
        "06": "noted:no_change",
        "07": "applied",
        "08": "noted:no_sale_yet",
        "12": "fulfilled",
        "14": "fulfilled",
    }
    assert await shop.licenses() == [
        ("basic", "active", None, None),
        ("basic", "active", None, None),
        ("basic", "revoked", "refunded", None),
        ("brushes", "active", None, None),
        ("sync", "active", None, END_OF_RENEWAL),
    ]
    found = await shop.mintpost.licenses()
    assert [each.email for each in found if each.test] == ["test-purchase@example.net"]
    assert {each.seats for each in found if each.tier == "brushes"} == {2}


async def test_license_of_a_subscription_ends_with_the_time_that_its_order_paid(
    stepped: Shop,
) -> None:
    for story, names in enumerate((("02", "03"), ("03", "02"))):
        for name in names:
            await stepped.send(named(body(name), story))
            await stepped.mintpost.settled()

    assert [end for *_, end in await stepped.licenses()] == [END_OF_FIRST, END_OF_FIRST]


async def require_one_end(shop: Shop, renewals: Iterable[Sequence[str]]) -> None:
    """Play these orders of the renewal and both orders of the refund side by side."""
    arrivals: dict[int, Sequence[str]] = dict(enumerate(permutations(REFUNDED)))
    arrivals |= dict(enumerate(renewals, start=FIRST_OF_RENEWED))
    for story in arrivals:
        shop.know(story)
    for stage in range(len(RENEWED)):
        bodies = [
            named(body(names[stage]), story)
            for story, names in arrivals.items()
            if stage < len(names)
        ]
        await asyncio.gather(*map(shop.send, bodies))
        await shop.mintpost.settled()

    found = await lives(shop.mintpost.database)
    ends = {story_of(order_id): life for order_id, life in found.items()}
    renewed = [life for story, life in ends.items() if story >= FIRST_OF_RENEWED]
    assert len(renewed) == len(arrivals) - 2
    told = {(life.status, life.reason, life.expires_at, life.renews) for life in renewed}
    assert told == {("active", None, END_OF_RENEWAL, True)}
    refunded = [life.reason for story, life in ends.items() if story < FIRST_OF_RENEWED]
    assert refunded == ["refunded"]  # The other refund was known before its sale.


async def test_every_order_of_arrival_ends_in_one_state(stepped: Shop) -> None:
    await require_one_end(stepped, [*permutations(RENEWED)][::FEW])


async def test_real_runs_that_come_the_wrong_way_round_end_in_that_state_too(shop: Shop) -> None:
    await require_one_end(shop, [RENEWED[::-1]])


async def test_copies_at_once_are_one_event(stepped: Shop) -> None:
    content = named(body("01"), 0)
    await asyncio.gather(*(stepped.send(content) for _ in range(50)))

    (event,) = await stepped.mintpost.settled()
    assert event.outcome == "fulfilled"
    assert len(await stepped.mintpost.licenses()) == len(await stepped.mintpost.deliveries()) == 1


async def test_second_webhook_doubles_no_event(stepped: Shop) -> None:
    content = named(body("01"), 0)
    other = content.replace(b"a04280a6-c9e0-404a-aa60-6e2ce1a7d85d", b"b" * 36)
    assert [await stepped.send(each) for each in (content, other)] == [200, 200]

    assert [each.outcome for each in await stepped.mintpost.settled()] == ["fulfilled"]


async def test_refunded_renewal_takes_its_period_back(stepped: Shop) -> None:
    await stepped.play(RENEWED)
    refund = {"refunded": True, "refunded_amount": 12000, "updated_at": "2026-11-04T00:00:00Z"}
    await stepped.send(
        renamed_body(named(body("05"), 0), "subscription_payment_refunded", **refund)
    )

    (event, *_) = await stepped.mintpost.settled()
    assert event.outcome == "applied"
    assert await stepped.licenses() == [("sync", "expired", None, END_OF_FIRST)]


async def test_renewal_finds_its_license_although_no_event_linked_it(stepped: Shop) -> None:
    assert await stepped.play(("02", "05")) == {"02": "fulfilled", "05": "renewed"}
    assert await stepped.licenses() == [("sync", "active", None, END_OF_RENEWAL)]


async def test_refund_of_the_first_order_of_a_subscription_revokes(stepped: Shop) -> None:
    await stepped.play(("02", "03"))
    refund = {"refunded": True, "refunded_amount": 12000, "updated_at": "2026-11-04T00:00:00Z"}
    await stepped.send(renamed_body(named(body("02"), 0), "order_refunded", **refund))

    (event, *_) = await stepped.mintpost.settled()
    assert event.outcome == "applied"
    assert await stepped.licenses() == [("sync", "revoked", "refunded", END_OF_FIRST)]


async def test_life_of_a_subscription(stepped: Shop) -> None:
    await stepped.play(RENEWED)
    void = {"mode": "void", "resumes_at": None}
    end = "2027-11-03T10:02:04.000000Z"
    paused: Changes = {"status": "paused", "pause": void}
    stopped: Changes = {"status": "cancelled", "ends_at": end}
    over: Changes = {"status": "expired", "ends_at": end}
    steps: tuple[tuple[str, Changes, tuple[str, str | None, bool]], ...] = (
        ("subscription_paused", paused, ("suspended", "paused", True)),
        ("subscription_unpaused", {}, ("active", None, True)),
        ("subscription_cancelled", stopped, ("active", None, False)),
        ("subscription_resumed", {}, ("active", None, True)),
        ("subscription_expired", over, ("active", None, False)),
    )
    for hour, (name, changes, expected) in enumerate(steps, start=1):
        at = f"2026-11-05T{hour:02}:00:00.000000Z"
        content = renamed_body(named(body("06"), 0), name, **changes, updated_at=at)
        await stepped.send(content)
        await stepped.mintpost.settled()
        (license_,) = (await lives(stepped.mintpost.database)).values()
        assert (license_.status, license_.reason, license_.renews) == expected, name
    assert license_.expires_at == datetime(2026, 11, 5, 23, 59, 59, tzinfo=UTC)


async def test_old_state_that_comes_late_changes_nothing(stepped: Shop) -> None:
    await stepped.play(RENEWED)
    old = {"status": "expired", "updated_at": "2026-01-01T00:00:00.000000Z"}
    await stepped.send(renamed_body(named(body("06"), 0), "subscription_updated", **old))

    (event, *_) = await stepped.mintpost.settled()
    assert event.outcome == "noted:no_change"
    assert await stepped.licenses() == [("sync", "active", None, END_OF_RENEWAL)]
