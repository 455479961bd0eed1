"""Subscriptions of Lemon Squeezy, and events that change no license."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.errors import FactInvalidError, SaleInvalidError
from domain.event import EventKind, IgnoredReason, NotedReason
from domain.facts import (
    Ignored,
    Reading,
    SubscriptionLink,
    SubscriptionState,
    Waits,
)
from storefronts.lemonsqueezy.kinds import DISPUTES, NOT_NEEDED, OF_SUBSCRIPTIONS
from storefronts.lemonsqueezy.storefront import LemonSqueezy
from tests.storefronts.lemonsqueezy.told import (
    SHOP,
    read,
    recorded,
    renamed,
)

END, TRIAL = "2026-12-02T10:02:04.000000Z", "2026-11-09T10:02:04.000000Z"
VOID, FREE = ({"mode": mode, "resumes_at": None} for mode in ("void", "free"))


def time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def told(name: str = "subscription_updated", **attributes: object) -> Reading:
    return read(renamed(recorded("06"), name, **attributes))


def state_in(reading: Reading) -> SubscriptionState:
    state = reading.facts[1]
    assert isinstance(state, SubscriptionState)
    return state


@pytest.mark.parametrize("name", OF_SUBSCRIPTIONS)
def test_every_event_of_a_subscription_names_its_order_and_its_line(name: str) -> None:
    link = told(name).facts[0]

    assert isinstance(link, SubscriptionLink)
    assert (link.subscription_id, link.order_id, link.line) == ("1131464", "5271535", "5136110")


def test_trial_ends_with_the_trial() -> None:
    link, state = told("subscription_created", status="on_trial", trial_ends_at=TRIAL).facts

    assert isinstance(link, SubscriptionLink)
    assert isinstance(state, SubscriptionState)
    assert link.paid_until == state.paid_until == time(TRIAL)


def test_canceled_subscription_goes_on_until_its_end() -> None:
    state = state_in(told("subscription_cancelled", status="cancelled", ends_at=END))

    assert (state.renews, state.ends_at, state.paid_until) == (False, time(END), time(END))
    assert not state.ended


def test_resumed_subscription_renews_again() -> None:
    state = state_in(told("subscription_resumed", status="active", ends_at=None))

    assert (state.renews, state.ends_at) == (True, None)


def test_expired_subscription_is_over() -> None:
    state = state_in(told("subscription_expired", status="expired", ends_at=END))

    assert (state.renews, state.ended) == (False, True)


@pytest.mark.parametrize("status", ["past_due", "unpaid", "of_next_year"])
def test_date_of_the_next_attempt_is_no_end_of_paid_time(status: str) -> None:
    state = state_in(told(status=status))

    assert (state.renews, state.paid_until) == (True, None)


@pytest.mark.parametrize(("pause", "paused"), [(VOID, True), (FREE, False), (None, False)])
def test_pause_suspends_unless_it_gives_the_product_away(
    pause: dict[str, object] | None,
    paused: bool,  # noqa: FBT001 - one of two states
) -> None:
    reading = told("subscription_paused", pause=pause)

    assert state_in(reading).paused is paused
    assert (reading.note is not None) == (pause is FREE)
    if reading.note is not None:
        (link, _) = reading.facts
        assert isinstance(link, SubscriptionLink)
        advice = f"`mintpost extend lemonsqueezy:{link.order_id} --until DATE`"
        assert reading.note.endswith(advice)


@pytest.mark.parametrize("item", [None, {"quantity": None}, {}])
def test_subscription_without_a_quantity_is_one_copy(item: object) -> None:
    assert state_in(told(first_subscription_item=item)).seats == 1


@pytest.mark.parametrize("quantity", [0, 10**9, "2"])
def test_quantity_that_is_none_is_not_used_and_the_rest_counts(quantity: object) -> None:
    state = state_in(told(first_subscription_item={"quantity": quantity}))

    assert state.seats is None
    assert state.note is not None
    assert state.paid_until is not None


def test_change_of_variant_and_quantity() -> None:
    item = {"quantity": 3}
    state = state_in(told(variant_id=7, variant_name="Pro", first_subscription_item=item))

    assert state.product is not None
    assert (state.product.specific_ids, state.product.name) == (("7",), "Inkwell Sync, Pro")
    assert state.seats == 3


def test_subscription_that_names_no_order_advises_an_act() -> None:
    ends = told(order_id=None).ends

    assert isinstance(ends, FactInvalidError)


@pytest.mark.parametrize("name", sorted(NOT_NEEDED))
def test_event_that_is_not_needed_is_ignored_by_its_name(name: str) -> None:
    reading = told(name)

    assert (reading.facts, reading.ends) == ((), Ignored(name))
    assert (reading.note is not None) == (name == "license_key_created")


@pytest.mark.parametrize("name", sorted(DISPUTES))
def test_dispute_is_noted_with_the_next_step(name: str) -> None:
    reading = told(name)

    assert (reading.facts, reading.ends) == ((), Waits(NotedReason.DISPUTE))
    assert reading.note is not None
    assert reading.note.endswith("`mintpost revoke lemonsqueezy:ORDER --reason TEXT`")


def test_unknown_event_is_noted() -> None:
    request = renamed(recorded("06"), "of_next_year")

    assert read(request) == Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))
    assert SHOP.name_request(request).kind == EventKind.UNKNOWN


def test_event_of_another_store_is_refused_by_name() -> None:
    own, other = LemonSqueezy(ours=["88504"]), LemonSqueezy(ours=["88505"])

    assert other.read(recorded("06")) == Reading(ends=Ignored(IgnoredReason.FOREIGN_ACCOUNT))
    assert own.read(recorded("06")).facts


@pytest.mark.parametrize("content", [b"[1]", b"null", b"{}", b'{"meta": {"event_name": 1}}'])
def test_signed_body_of_another_form_ends_in_a_sentence(content: bytes) -> None:
    request = replace(recorded("01"), body=content)

    assert isinstance(read(request).ends, SaleInvalidError)
    assert SHOP.name_request(request).event_key is None


@pytest.mark.parametrize("name", ["order_created", "subscription_updated", "order_refunded"])
def test_event_without_its_object_ends_in_a_sentence(name: str) -> None:
    document = {"meta": {"event_name": name}, "data": None}

    ends = read(replace(recorded("01"), body=json.dumps(document).encode())).ends
    assert isinstance(ends, SaleInvalidError)
