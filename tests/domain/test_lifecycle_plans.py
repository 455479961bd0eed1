"""Tier and seats of a subscription: the newest payment or state decides."""

from dataclasses import replace

import pytest

from domain.decisions import Decision
from domain.facts import SubscriptionState
from domain.sale import Product
from tests.domain.stories import (
    MONTHLY,
    PRO,
    Told,
    charged,
    counted,
    day,
    ends,
    life,
    planned,
    refunded,
)

FIRST = charged("first", 0)
THREE = replace(PRO, quantity=3)


def plan(*told: Told) -> tuple[str, int]:
    found = life(FIRST, *told)
    return found.tier, found.seats


@pytest.mark.parametrize(
    ("told", "plan_then"),
    [
        ([], ("core", 1)),
        ([planned(20, PRO)], ("pro", 5)),
        ([planned(20, THREE)], ("pro", 15)),
        ([planned(20, PRO), planned(25, MONTHLY)], ("core", 1)),
        ([planned(25, PRO), planned(20, MONTHLY)], ("pro", 5)),
        ([charged("upgrade", 20, PRO)], ("pro", 5)),
        ([charged("upgrade", 20, PRO), refunded("upgrade")], ("pro", 5)),
        ([charged("late", -20, PRO)], ("core", 1)),
        ([planned(20, PRO), charged("second", 31, MONTHLY)], ("core", 1)),
        ([planned(20, PRO), charged("unmapped", 31, None)], ("pro", 5)),
        ([planned(20, PRO), planned(25, None)], ("pro", 5)),
        ([planned(400, PRO)], ("core", 1)),
    ],
)
def test_newest_decision_is_the_plan(told: list[Told], plan_then: tuple[str, int]) -> None:
    assert plan(*told) == plan_then


@pytest.mark.parametrize(
    ("told", "seats"),
    [
        ([counted(20, 4)], 4),
        ([counted(20, 4), counted(25, 2)], 2),
        ([counted(20, 4), planned(25, PRO)], 20),
        ([counted(20, 4), planned(25, THREE)], 15),
        ([counted(25, 4), planned(20, PRO)], 20),
        ([counted(20, 4), charged("second", 31)], 1),
        ([counted(20, 4), charged("unmapped", 31, None)], 4),
        ([counted(20, 0)], 1),
        ([counted(20, -3)], 1),
        ([SubscriptionState("plan", day(20), seats=9, product=Product("other", "Other"))], 1),
        ([SubscriptionState("another", day(20), seats=9)], 1),
    ],
)
def test_state_may_tell_the_quantity_alone(told: list[Told], seats: int) -> None:
    assert plan(*told)[1] == seats


def test_plan_names_product_and_mapping_of_its_decision() -> None:
    album = Decision("album", "Album", "pro", 1, 1, 1, "b")

    found = life(FIRST, planned(20, album))

    assert (found.product_id, found.product_name, found.products_sha256) == ("album", "Album", "b")


def test_upgrade_with_its_prorated_charge_moves_plan_and_end() -> None:
    found = life(FIRST, charged("upgrade", 20, PRO), planned(20, PRO))

    assert (found.tier, found.seats, found.expires_at) == ("pro", 5, ends("2026-02-28"))


def test_state_decides_where_a_payment_has_the_same_moment() -> None:
    assert plan(planned(31, PRO), charged("second", 31, MONTHLY)) == ("pro", 5)
