"""Each story leads to one license, whatever the order and the repetitions of its facts."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from domain.event import EventKind
from domain.facts import Act
from domain.lifecycle import DecidedFact, Life, Story, fold
from tests.domain.stories import (
    LATER,
    MONTHLY,
    ONCE,
    PRO,
    Told,
    act,
    bought,
    canceled,
    charged,
    day,
    disputed,
    ended,
    every_order,
    lost,
    part,
    paused,
    planned,
    refunded,
    restarted,
    resumed,
    reversed_,
    story,
    won,
)

IN_PARTS = replace(ONCE, instalments=True)
GIFT = replace(bought(), sale=replace(bought().sale, price=0, giver="bob@example.com"))
CHARGES = (charged("first", 0), charged("second", 31), charged("third", 59))

STORIES: dict[str, tuple[Told, ...]] = {
    "refund reversed": (bought(), refunded(), reversed_()),
    "refund in parts": (
        bought(),
        part(900, 20, "one"),
        part(2000, 30, "two"),
        replace(part(900, 35, "one"), state="failed"),
    ),
    "dispute won": (bought(), disputed(), won()),
    "dispute lost, then won": (bought(), disputed(), lost(), won()),
    "dispute lost and refunded": (bought(), disputed(), lost(), refunded()),
    "subscription": (
        *CHARGES,
        refunded("second", 65),
        canceled(70, ends_at=day(89)),
        ended(80),
        restarted(85),
    ),
    "subscription that ended": (*CHARGES, disputed(62, "third"), canceled(70), ended(75)),
    "upgrade": (CHARGES[0], charged("upgrade", 20, PRO), planned(20, PRO), planned(51, MONTHLY)),
    "gift": (GIFT, refunded(), reversed_(), disputed(50)),
    "instalments": (
        charged("first", 0, IN_PARTS),
        charged("second", 31, IN_PARTS),
        refunded("second", 40),
        ended(50),
    ),
    "pause": (CHARGES[0], CHARGES[1], paused(40), resumed(45), paused(50), resumed(55)),
    "free, then paid": (charged("first", 0, price=0), charged("second", 60), refunded("second")),
}


def lives(stories: Iterator[Story]) -> set[Life]:
    return {fold(each, LATER) for each in stories}


def acts(order: str, on: float) -> list[Act]:
    """Return one act of each sort that changes a license."""
    return [
        act(EventKind.REVOKE, on, order),
        act(EventKind.RESTORE, on, order),
        replace(act(EventKind.EXTEND, on, order), until=day(400)),
        replace(act(EventKind.SEATS, on, order), seats=7),
    ]


def with_act(told: Story, between: Act) -> Iterator[Story]:
    """Yield the story with the act: its facts in each order, and every second time twice.

    The payments turn with them, because each order of both would take seconds.
    """
    for number, facts in enumerate(permutations((*told.facts, DecidedFact(between)))):
        twice = number % 2
        yield Story(told.payments[:: -1 if twice else 1], facts + facts * twice)


def by_arrival(told: Story) -> Story:
    """Return the story as a fold would see it that takes the order of arrival for the time."""
    paid = [
        replace(each, sale=replace(each.sale, sold_at=day(place)))
        for place, each in enumerate(told.payments)
    ]
    facts = [
        DecidedFact(replace(each.fact, at=day(place)), each.decision)
        for place, each in enumerate(told.facts)
    ]
    return Story(tuple(paid), tuple(facts))


@pytest.mark.parametrize("name", STORIES)
def test_facts_in_any_order_and_given_twice_are_one_license(name: str) -> None:
    assert len(lives(every_order(story(*STORIES[name])))) == 1


@pytest.mark.parametrize("name", STORIES)
def test_act_between_any_two_facts_comes_to_one_license(name: str) -> None:
    told = story(*STORIES[name])
    times = {*(paid.sale.sold_at for paid in told.payments), *(f.fact.at for f in told.facts)}
    order = told.payments[0].sale.order_id
    for at in times:
        for between in acts(order, (at - day(0)).days + 1 / 24):
            assert len(lives(with_act(told, between))) == 1


@pytest.mark.parametrize("name", ["subscription", "subscription that ended", "upgrade", "pause"])
def test_fold_that_takes_arrival_for_time_is_found(name: str) -> None:
    mistaken = (by_arrival(each) for each in every_order(story(*STORIES[name])))

    assert len(lives(mistaken)) > 1


def test_fold_that_forgets_a_repetition_is_found() -> None:
    twice = story(bought(), part(1500, 20, "one"), part(1500, 20, "one"))

    assert fold(twice, LATER).status == "active"
