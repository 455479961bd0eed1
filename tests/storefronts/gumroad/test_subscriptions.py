"""Odd pings about a subscription: a doubtful part is left out, and the rest is a fact."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.facts import SubscriptionState
from domain.sale import Product
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad

FormWith = Callable[[str, Mapping[str, str | None]], StoredRequest]
Changes = dict[str, str | None]

ARRIVAL = datetime(2026, 9, 1, 12, 0, 6, tzinfo=UTC)
PERIODS_END = datetime(2026, 10, 1, 9, 0, 11, tzinfo=UTC)
NO_TIME = "must be a time such as 2026-09-01T12:00:05Z, so it was not used"
PAST = "must lie between 2005 and the arrival of the request, so it was not used"
AHEAD = "must lie between 2005 and 10 years after the arrival of the request, so it was not used"
FIELDS = {
    "16_cancellation_by_buyer.form": ("cancelled_at", AHEAD),
    "19_subscription_ended.form": ("ended_at", PAST),
    "20_subscription_restarted.form": ("restarted_at", PAST),
    "21_subscription_updated.form": ("effective_as_of", AHEAD),
}

every_form = pytest.mark.parametrize("form", FIELDS)


def state(gumroad: Gumroad, ping: StoredRequest) -> SubscriptionState:
    reading = gumroad.read(ping)
    (fact,) = reading.facts
    assert isinstance(fact, SubscriptionState)
    assert reading.ends is None
    return fact


def tier_of(told: SubscriptionState) -> str | None:
    return None if told.product is None else dict(told.product.variants)["Tier"]


@every_form
@pytest.mark.parametrize("text", [None, ""])
def test_without_a_time_the_arrival_counts(
    form: str, text: str | None, gumroad: Gumroad, form_with: FormWith
) -> None:
    told = state(gumroad, form_with(form, {FIELDS[form][0]: text}))

    assert (told.at, told.ends_at, told.note) == (ARRIVAL, None, None)


@every_form
@pytest.mark.parametrize(
    "text", ["1999-12-31T00:00:00Z", "2126-09-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "soon"]
)
def test_time_that_cannot_be_is_noted_and_the_arrival_counts(
    form: str, text: str, gumroad: Gumroad, form_with: FormWith
) -> None:
    field, where = FIELDS[form]
    told = state(gumroad, form_with(form, {field: text}))

    assert (told.at, told.ends_at) == (ARRIVAL, None)
    assert told.note in {f"{field} {where}", f"{field} {NO_TIME}"}


@every_form
def test_only_a_cancellation_and_a_new_plan_may_lie_ahead(
    form: str, gumroad: Gumroad, form_with: FormWith
) -> None:
    field, where = FIELDS[form]
    told = state(gumroad, form_with(form, {field: "2026-10-01T09:00:11Z"}))

    assert (told.note is None) == (where == AHEAD)


def test_body_of_a_retry_was_written_at_the_first_attempt(
    gumroad: Gumroad, form_with: FormWith
) -> None:
    ahead: Changes = {"cancelled_at": PERIODS_END.isoformat(), "retry_count": "3"}
    told = state(gumroad, form_with("16_cancellation_by_buyer.form", ahead))

    assert (told.at, told.ends_at) == (ARRIVAL - timedelta(minutes=14), PERIODS_END)


def test_arrival_is_the_readers_where_the_clock_of_the_api_is_ahead(
    gumroad: Gumroad, form_with: FormWith
) -> None:
    ping = form_with("19_subscription_ended.form", {"ended_at": None})
    ahead = replace(ping, received_at=ARRIVAL + timedelta(days=3650), read_at=ARRIVAL)

    assert state(gumroad, ahead).at == ARRIVAL


@pytest.mark.parametrize(
    ("reason", "ended"),
    [
        ("cancelled", True),
        ("failed_payment", True),
        ("fixed_subscription_period_ended", None),
        ("a reason of next year", True),
        (None, True),
    ],
)
def test_only_a_subscription_that_is_paid_in_full_does_not_end(
    reason: str | None, gumroad: Gumroad, form_with: FormWith, *, ended: bool | None
) -> None:
    told = state(gumroad, form_with("19_subscription_ended.form", {"ended_reason": reason}))

    assert (told.renews, told.ended) == (False, ended)


@pytest.mark.parametrize(
    ("changes", "plan"),
    [
        ({"new_plan[tier][name]": None}, (3, None)),
        ({"new_plan[quantity]": None}, (None, "Agency")),
        ({"new_plan[tier][name]": "Agency\u00a0\r\n\u2009Pro "}, (3, "Agency Pro")),
        ({"custom_fields[new_plan[tier][name]]": "Agency"}, (3, None)),
        ({"custom_fields[product_name]": "Agency"}, (3, "Agency")),
        ({"free_trial_ends_at": "2026-09-08T00:00:00Z"}, (3, "Agency")),
    ],
)
def test_readable_part_of_a_new_plan_is_told(
    changes: Changes, plan: tuple[int | None, str | None], gumroad: Gumroad, form_with: FormWith
) -> None:
    told = state(gumroad, form_with("21_subscription_updated.form", changes))

    assert (told.seats, tier_of(told), told.note) == (*plan, None)


@pytest.mark.parametrize(
    ("field", "text", "plan"),
    [
        ("new_plan[quantity]", "0", (None, "Agency")),
        ("new_plan[quantity]", "9" * 5000, (None, "Agency")),
        ("product_id", "p\x00", (3, None)),
    ],
)
def test_doubtful_part_of_a_new_plan_is_noted(
    field: str,
    text: str,
    plan: tuple[int | None, str | None],
    gumroad: Gumroad,
    form_with: FormWith,
) -> None:
    told = state(gumroad, form_with("21_subscription_updated.form", {field: text}))

    assert (told.seats, tier_of(told)) == plan
    assert (told.note or "").startswith(f"{field} must be ")


def test_product_without_a_readable_name_is_named_by_its_id(
    gumroad: Gumroad, form_with: FormWith
) -> None:
    told = state(gumroad, form_with("21_subscription_updated.form", {"product_name": "\r\n"}))

    teams = "sDOLRWAJ9iPxvwmpujenuA=="
    assert told.product == Product(teams, teams, variants=(("Tier", "Agency"),))
