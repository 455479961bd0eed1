"""Changes of a subscription, by its state of today."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.event import EventKind
from domain.facts import SubscriptionState
from domain.sale import Product
from storefronts.stripe.subscriptions import NOT_COLLECTED, NOT_PAID
from tests.storefronts.stripe.recorded import (
    ASKED_AT,
    DELETED,
    SUBSCRIPTION,
    SYNC,
    Asking,
    Json,
    asking,
    body_of,
    changed,
    event,
    object_of,
    page,
    thin,
)

PATH = f"/v1/subscriptions/{SUBSCRIPTION}"
UPDATED, ENDED = "customer.subscription.updated", "customer.subscription.deleted"
ENDED_AT = datetime.fromtimestamp(1793614838, UTC)
ACTIVE: dict[str, Any] = {
    "status": "active",
    "cancel_at": None,
    "cancel_at_period_end": False,
    "ended_at": None,
}
PRODUCT = Product("prod_YjtiwrdCbgka2", "prod_YjtiwrdCbgka2", specific_ids=(SYNC, "sync"))


def active(**changes: object) -> Json:
    return object_of(DELETED, **{**ACTIVE, **changes})


def state_in(subscription: Json, told: Json | None = None) -> SubscriptionState:
    """Return the state that is about the whole subscription."""
    return states_in(subscription, told)[0]


def states_in(subscription: Json, told: Json | None = None) -> list[SubscriptionState]:
    api = asking({PATH: subscription})
    return api.facts(told or event(DELETED, UPDATED), SubscriptionState)


def test_the_state_of_today_counts_whatever_the_event_says() -> None:
    assert state_in(active()) == SubscriptionState(
        SUBSCRIPTION, ASKED_AT, renews=True, paused=False
    )
    for told in (event(DELETED, UPDATED, **ACTIVE), thin(UPDATED, SUBSCRIPTION)):
        assert states_in(object_of(DELETED), told) == [
            SubscriptionState(SUBSCRIPTION, ENDED_AT, ended=True)
        ]


def test_where_stripe_does_not_know_it_the_event_counts() -> None:
    told = event(DELETED, UPDATED, **ACTIVE)
    (state, plan) = Asking({}).facts(told, SubscriptionState)

    assert (state.at, state.renews) == (datetime.fromtimestamp(told["created"], UTC), True)
    assert plan.seats == 1


@pytest.mark.parametrize(
    ("changes", "ends_at"),
    [
        ({"cancel_at": 1793614838}, ENDED_AT),
        ({"cancel_at_period_end": True}, ENDED_AT),
        ({"cancel_at": 1800000000, "cancel_at_period_end": True}, 1800000000),
    ],
)
def test_a_cancellation_tells_the_end(changes: Json, ends_at: datetime | int) -> None:
    state = state_in(active(**changes))
    expected = datetime.fromtimestamp(ends_at, UTC) if isinstance(ends_at, int) else ends_at

    assert (state.renews, state.ends_at, state.ended) == (False, expected, None)


@pytest.mark.parametrize(
    ("previous", "now", "kind"),
    [
        ({"cancel_at": None}, 1793614838, EventKind.CANCELLATION),
        ({"cancel_at": 1793614838}, None, EventKind.CANCELLATION_UNDONE),
        ({"items": {}}, None, EventKind.SUBSCRIPTION_UPDATED),
        ({}, 1793614838, EventKind.SUBSCRIPTION_UPDATED),
    ],
)
def test_an_update_is_named_by_what_changed(
    previous: Json, now: int | None, kind: EventKind
) -> None:
    told = event(DELETED, UPDATED, **{**ACTIVE, "cancel_at": now})
    told["data"]["previous_attributes"] = previous

    assert Asking({}).named(told).kind == kind


@pytest.mark.parametrize(("status", "paused"), [("paused", True), ("active", False)])
def test_a_pause_suspends_and_its_end_restores(status: str, *, paused: bool) -> None:
    assert state_in(active(status=status)).paused is paused


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"pause_collection": {"behavior": "void"}}, NOT_COLLECTED),
        ({"status": "unpaid"}, NOT_PAID),
        ({"status": "past_due"}, None),
    ],
)
def test_trouble_with_money_is_a_note_alone(changes: Json, note: str | None) -> None:
    state = state_in(active(**changes))
    assert (state.note, state.paused, state.ended, state.renews) == (note, False, None, True)


def test_an_item_tells_its_seats_and_product() -> None:
    subscription = active(items__data=[changed(active()["items"]["data"][0], quantity=5)])
    (_, plan) = states_in(subscription)

    assert plan == SubscriptionState(
        SUBSCRIPTION, ASKED_AT, seats=5, product=PRODUCT, line=SYNC, among=(SYNC,)
    )


def test_each_of_several_items_is_a_line_of_its_own() -> None:
    (item,) = active()["items"]["data"]
    other = changed(item, id="si_other", price__id="price_other", quantity=3)
    (_, *plans) = states_in(active(items__data=[item, other, changed(item, quantity=2)]))

    among = (SYNC, "price_other", f"{SYNC}#2")
    assert [each.line for each in plans] == [*among]
    assert {each.among for each in plans} == {among}
    assert [each.seats for each in plans] == [1, 3, 2]


def test_many_items_come_from_their_own_pages() -> None:
    (item,) = active()["items"]["data"]
    pages = f"/v1/subscription_items?subscription={SUBSCRIPTION}&limit=100"
    api = asking({PATH: active(items__has_more=True), pages: page(item, item)})

    assert len(api.facts(event(DELETED, UPDATED), SubscriptionState)) == 3


def test_an_ending_is_final_and_at_the_time_that_stripe_tells() -> None:
    ended = [SubscriptionState(SUBSCRIPTION, ENDED_AT, ended=True)]
    known, told = asking({PATH: object_of(DELETED)}), thin(ENDED, SUBSCRIPTION)

    assert Asking().facts(body_of(DELETED), SubscriptionState) == ended
    assert Asking().paths(body_of(DELETED)) == []
    assert known.facts(told, SubscriptionState) == ended


def test_an_ending_without_a_time_is_at_the_time_of_the_event() -> None:
    told = event(DELETED, ended_at=None)
    (ending,) = Asking().facts(told, SubscriptionState)

    assert (ending.at, ending.ended) == (datetime.fromtimestamp(told["created"], UTC), True)


def test_a_payment_that_never_came_is_an_ending() -> None:
    subscription = active(status="incomplete_expired", ended_at=1793614838)
    assert state_in(subscription) == SubscriptionState(SUBSCRIPTION, ENDED_AT, ended=True)
