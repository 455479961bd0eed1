"""Subscriptions: canceled, ended, restarted, paused, late, and with a plan of the future."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.event import IgnoredReason
from domain.facts import SubscriptionLink
from tests.domain.stories import (
    MONTHLY,
    PRO,
    Told,
    bought,
    canceled,
    charged,
    day,
    disputed,
    ended,
    ends,
    life,
    paused,
    planned,
    refunded,
    restarted,
    resumed,
    uncanceled,
)

YEAR = charged("first", 0, replace(MONTHLY, months=12))
KEPT = charged("first", 0, replace(MONTHLY, months=12, keep_after_end=True))
END = ends("2027-01-10")
GRACE = ends("2027-01-13")
FIRST, SECOND = charged("first", 0), charged("second", 31)


def course(*told: Told, first: Told = YEAR) -> tuple[datetime | None, bool | None]:
    found = life(first, *told)
    return found.expires_at, found.renews


@pytest.mark.parametrize(
    ("told", "renews"),
    [
        ([], True),
        ([canceled(20)], False),
        ([canceled(20, ends_at=day(30))], False),
        ([canceled(20), uncanceled(25)], True),
        ([canceled(20), uncanceled(25), canceled(30)], False),
        ([canceled(20), restarted(25)], True),
        ([canceled(400)], True),
    ],
)
def test_canceled_license_goes_on_to_its_end(told: list[Told], renews: bool) -> None:  # noqa: FBT001 - a case
    assert course(*told) == (END, renews)


TOLD_END = ends("2026-03-10")


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ([canceled(20, ends_at=day(30))], ends("2026-02-09")),
        ([canceled(20, ends_at=day(90))], TOLD_END),
        ([canceled(20, ends_at=day(30)), uncanceled(25)], TOLD_END),
        ([canceled(-5, ends_at=day(30))], TOLD_END),
    ],
)
def test_shop_may_cut_the_time_short_that_it_told_for_a_payment(
    told: list[Told], end: datetime
) -> None:
    assert course(*told, first=charged("first", 0, paid_until=day(59)))[0] == end


def test_entry_may_leave_the_told_time_after_a_stop() -> None:
    first = charged("first", 0, replace(MONTHLY, keep_after_end=True), paid_until=day(59))
    assert course(canceled(20, ends_at=day(30)), first=first)[0] == TOLD_END


def test_license_without_a_subscription_neither_renews_nor_not() -> None:
    assert life(bought(), canceled(20), ended(30)) == life(bought())


@pytest.mark.parametrize(
    ("told", "end", "renews"),
    [
        ([ended(50)], ends("2026-03-01"), False),
        ([ended(500)], END, False),
        ([ended(350)], ends("2026-12-26"), False),
        ([ended(50), ended(60)], ends("2026-03-01"), False),
        ([ended(50), restarted(60)], END, True),
        ([ended(50), restarted(60), ended(70)], ends("2026-03-21"), False),
        ([ended(50), restarted(40)], ends("2026-03-01"), False),
        ([ended(50), restarted(50)], ends("2026-03-01"), False),
        ([ended(-50)], END, False),
    ],
)
def test_ending_takes_the_time_after_it(told: list[Told], end: datetime, renews: bool) -> None:  # noqa: FBT001 - a case
    assert course(*told) == (end, renews)


def test_entry_may_leave_the_paid_time_after_an_ending() -> None:
    assert course(ended(50), first=KEPT) == (END, False)


def test_payment_after_an_ending_keeps_its_time() -> None:
    paid_again = charged("again", 70)

    assert course(ended(50), paid_again) == (ends("2026-04-21"), False)
    assert course(ended(50), paid_again, refunded("again", 75)) == (ends("2026-03-01"), False)
    assert course(ended(50), restarted(60), paid_again) == (END, True)


@pytest.mark.parametrize(
    ("told", "judgment"),
    [
        ([paused(20)], ("suspended", "paused")),
        ([paused(20), resumed(30)], ("active", None)),
        ([paused(30), resumed(20)], ("suspended", "paused")),
        ([paused(20), resumed(30), paused(40)], ("suspended", "paused")),
        ([paused(20), ended(30)], ("active", None)),
        ([paused(20), ended(350)], ("suspended", "paused")),
        ([paused(20), refunded("first")], ("revoked", "refunded")),
        ([paused(400)], ("active", None)),
    ],
)
def test_pause_suspends_until_it_is_over(told: list[Told], judgment: tuple[str, str]) -> None:
    found = life(YEAR, *told)

    assert (found.status, found.reason) == judgment


def test_paused_subscription_is_minted() -> None:
    assert life(YEAR, paused(20)).refuses is None


@pytest.mark.parametrize(
    ("told", "grace"),
    [
        ([], GRACE),
        ([canceled(20)], None),
        ([ended(50)], None),
        ([ended(50), restarted(60)], GRACE),
        ([paused(20)], None),
        ([refunded("first")], None),
        ([charged("second", 365, price=0)], None),
    ],
)
def test_grace_is_for_a_renewal_that_is_late(told: list[Told], grace: datetime | None) -> None:
    assert life(YEAR, *told).grace_until == grace


@pytest.mark.parametrize(("days", "grace"), [(0, None), (14, ends("2027-01-24"))])
def test_entry_tells_the_days_of_grace(days: int, grace: datetime | None) -> None:
    first = charged("first", 0, replace(MONTHLY, months=12, grace_days=days))

    assert life(first).grace_until == grace


def test_renewal_that_went_back_is_not_late() -> None:
    assert life(FIRST, SECOND, refunded("second")).grace_until is None
    assert life(FIRST, SECOND, disputed(40, "second")).grace_until is None
    assert life(FIRST, SECOND, refunded("first")).grace_until == ends("2026-03-13")


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ([ended(50)], IgnoredReason.ENDED),
        ([ended(50), restarted(60)], None),
        ([ended(350)], None),
        ([canceled(20)], None),
        ([ended(50), refunded("first")], IgnoredReason.REFUNDED),
    ],
)
def test_subscription_that_is_over_is_not_minted(
    told: list[Told], refusal: IgnoredReason | None
) -> None:
    assert life(YEAR, *told).refuses == refusal


def test_expired_subscription_without_an_ending_is_minted() -> None:
    assert life(FIRST).refuses is None


def test_link_makes_an_order_a_subscription() -> None:
    link = SubscriptionLink("plan", "sale", day(3))

    assert life(bought(), link, canceled(20)).renews is False
    assert life(bought(), SubscriptionLink("plan", "another", day(3)), canceled(20)).renews is None


def test_state_ahead_takes_effect_at_its_time() -> None:
    now, then = day(30), day(60)
    told = (YEAR, planned(60, PRO), paused(70))

    assert (life(*told, now=now).tier, life(*told, now=now).changes_at) == ("core", then)
    assert (life(*told, now=then).tier, life(*told, now=then).changes_at) == ("pro", day(70))
    assert life(*told, now=day(70)).changes_at is None


def test_state_ahead_that_changes_nothing_is_no_change() -> None:
    same = (planned(60, replace(MONTHLY, months=12)), uncanceled(61), ended(400))

    assert life(YEAR, *same, now=day(30)).changes_at is None


def test_many_states_ahead_are_looked_at_in_turns() -> None:
    told = [uncanceled(60 + number) for number in range(20)]

    now = life(YEAR, *told, canceled(90), now=day(30))
    assert now.changes_at == day(68)
    later = life(YEAR, *told, canceled(90), now=day(76))
    assert later.changes_at == day(90)
