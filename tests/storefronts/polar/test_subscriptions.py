"""Subscriptions, as Polar's events tell them."""

from datetime import UTC, datetime

import pytest

from domain.facts import SubscriptionState
from domain.sale import Product
from storefronts.polar.subscriptions import WILL_PAUSE
from tests.storefronts.polar.recorded import (
    SUBSCRIPTION,
    as_event,
    body,
    read,
    state_of,
    with_data,
)

END = datetime(2026, 11, 2, 10, 2, 4, 118000, UTC)
CHANGED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LATER = "2026-01-05T08:00:00Z"
UPDATED = "subscription.updated"


def test_an_update_tells_seats_product_and_renewal_at_the_time_of_its_change() -> None:
    told = {"modified_at": LATER, "cancel_at_period_end": False, "ends_at": None}
    content = as_event(UPDATED, with_data("11", **told, seats=4))
    product = Product("0b6a90cb-2485-4406-9cd2-22ebfd086ff4", "Inkwell Sync")
    assert state_of(content) == SubscriptionState(
        SUBSCRIPTION, CHANGED, renews=True, seats=4, product=product
    )


def test_an_update_that_cancels_tells_the_end() -> None:
    state = state_of(as_event(UPDATED, body("11")))
    assert (state.renews, state.ends_at) == (False, END)


def test_a_price_without_seats_sells_one_so_that_a_change_to_it_takes_seats_back() -> None:
    assert state_of(as_event(UPDATED, with_data("11", seats=None))).seats == 1


def test_an_update_after_the_end_tells_the_end_too() -> None:
    states = read(as_event(UPDATED, body("12"))).facts
    assert [each.ended for each in states if isinstance(each, SubscriptionState)] == [None, True]


def test_a_coming_pause_is_noted_and_pauses_nothing() -> None:
    reading = read(as_event(UPDATED, with_data("11", pause_at_period_end=True)))
    assert reading.note == WILL_PAUSE
    assert all(isinstance(each, SubscriptionState) and not each.paused for each in reading.facts)


@pytest.mark.parametrize("seats", [0, 10**9, "3", True])
def test_doubtful_seats_leave_the_rest_of_an_update_as_it_is(seats: object) -> None:
    state = state_of(as_event(UPDATED, with_data("11", seats=seats)))
    assert (state.renews, state.seats) == (False, None)
    assert state.note is not None


def test_a_cancellation_that_is_undone_renews_again() -> None:
    told = {"modified_at": LATER, "cancel_at_period_end": False, "ends_at": None}
    content = as_event("subscription.uncanceled", with_data("11", **told))
    assert state_of(content) == SubscriptionState(SUBSCRIPTION, CHANGED, renews=True)


def test_a_cancellation_without_its_end_ends_with_the_period() -> None:
    assert state_of(with_data("11", ends_at=None)).ends_at == END


@pytest.mark.parametrize("name", ["paused", "resumed"])
def test_a_pause_and_its_end_are_told_by_their_events(name: str) -> None:
    content = as_event(f"subscription.{name}", with_data("11", modified_at=LATER))
    paused = SubscriptionState(SUBSCRIPTION, CHANGED, paused=name == "paused")
    assert state_of(content) == paused


def test_a_subscription_that_is_revoked_without_a_time_is_over_at_the_events_own() -> None:
    state = state_of(with_data("12", ended_at=None))
    assert (state.ended, state.at) == (True, datetime(2026, 11, 2, 10, 2, 21, 3311, UTC))
