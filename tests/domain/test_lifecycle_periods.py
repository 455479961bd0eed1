"""Subscriptions: the time that each payment buys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.lifecycle import Life
from tests.domain.stories import (
    MONTHLY,
    ONCE,
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
    lost,
    planned,
    refunded,
    restarted,
)

FIRST, SECOND, THIRD = charged("first", 0), charged("second", 31), charged("third", 59)
ON_TRIAL = replace(MONTHLY, trial_days=14)
IN_PARTS = replace(ONCE, instalments=True)
FOR_EVER = replace(MONTHLY, months=None)


def judged(found: Life) -> tuple[str, str | None]:
    return found.status, found.reason


def test_each_charge_buys_its_period() -> None:
    assert life(FIRST).expires_at == ends("2026-02-10")
    assert life(FIRST, SECOND).expires_at == ends("2026-03-10")
    assert life(FIRST, THIRD).expires_at == ends("2026-04-10")


@pytest.mark.parametrize(
    ("payment", "end"),
    [
        (charged("first", 0, months=3), "2026-04-10"),
        (charged("first", 0, months=24), "2028-01-10"),
        (charged("first", 0, months=3, paid_until=day(5)), "2026-01-15"),
        (charged("first", 0, paid_until=day(-5)), "2026-01-05"),
        (charged("first", 0, ON_TRIAL), "2026-01-24"),
        (charged("first", 0, ON_TRIAL, paid_until=day(7)), "2026-01-17"),
        (charged("first", 0, ON_TRIAL, price=0), "2026-01-24"),
        (charged("renewal", 0, ON_TRIAL), "2026-02-10"),
        (bought(decision=ON_TRIAL), "2026-02-10"),
        (charged("first", 0, replace(MONTHLY, ends_at=day(9)), months=3), "2026-01-19"),
    ],
)
def test_shop_tells_the_period_before_the_mapping_does(payment: Told, end: str) -> None:
    assert life(payment).expires_at == ends(end)


def test_frequency_of_the_newest_charge_may_differ_from_the_first() -> None:
    assert life(FIRST, charged("second", 31, months=12)).expires_at == ends("2027-02-10")


def test_only_the_first_payment_is_a_trial() -> None:
    assert life(charged("first", 0, ON_TRIAL), charged("second", 14, ON_TRIAL)).expires_at == ends(
        "2026-02-24"
    )


def test_period_for_ever_has_no_end() -> None:
    assert life(charged("first", 0, FOR_EVER), SECOND).expires_at is None
    assert life(bought(decision=FOR_EVER)).expires_at is None


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ([], None),
        ([charged("second", 90)], "2026-05-10"),
        ([charged("second", 90), refunded("second", 95)], "2026-04-10"),
        ([canceled(20, ends_at=day(60))], "2026-03-11"),
        ([canceled(20)], None),
        ([canceled(20, ends_at=day(60)), restarted(25)], None),
        ([ended(60)], "2026-03-11"),
        ([canceled(-40, ends_at=day(-20))], None),
        ([canceled(20, ends_at=day(-20))], "2025-12-21"),
    ],
)
def test_free_payment_buys_an_open_period(told: list[Told], end: str | None) -> None:
    free = charged("first", 0, price=0)

    assert life(free, *told).expires_at == (ends(end) if end else None)


def test_refund_of_one_renewal_takes_back_one_period() -> None:
    found = life(FIRST, SECOND, THIRD, refunded("third", 60))

    assert found.expires_at == ends("2026-03-10")
    assert judged(found) == ("active", None)
    assert life(FIRST, SECOND, THIRD, refunded("second", 60)) == life(FIRST, SECOND, THIRD)


@pytest.mark.parametrize("back", [disputed(60, "second"), lost(60, "second")])
def test_disputed_renewal_takes_back_one_period(back: Told) -> None:
    found = life(FIRST, SECOND, back)

    assert (found.expires_at, *judged(found)) == (ends("2026-02-10"), "active", None)


@pytest.mark.parametrize(
    ("told", "judgment"),
    [
        ([refunded("first", 40), refunded("second", 41)], ("revoked", "refunded")),
        ([refunded("first", 40), lost(41, "second")], ("revoked", "dispute_lost")),
        ([refunded("first", 42), lost(41, "second")], ("revoked", "refunded")),
        ([refunded("first", 40), disputed(39, "second")], ("suspended", "disputed")),
    ],
)
def test_subscription_without_a_standing_payment_is_no_longer_active(
    told: list[Told], judgment: tuple[str, str]
) -> None:
    assert judged(life(FIRST, SECOND, *told)) == judgment


def test_instalments_buy_one_term_from_the_first_on() -> None:
    first, second = charged("first", 0, IN_PARTS, months=1), charged("second", 31, IN_PARTS)

    assert life(first).expires_at == ends("2027-01-10")
    assert life(first, second).expires_at == ends("2027-01-10")
    assert life(first, second, refunded("first")).expires_at == ends("2027-01-10")
    assert (life(first).renews, life(first).grace_until) == (False, None)


def test_instalments_are_back_when_all_are() -> None:
    first, second = charged("first", 0, IN_PARTS), charged("second", 31, IN_PARTS)

    assert judged(life(first, second, refunded("second"))) == ("active", None)
    assert judged(life(first, second, refunded("first"), refunded("second"))) == (
        "revoked",
        "refunded",
    )


def test_failed_instalment_ends_and_the_last_one_does_not() -> None:
    first, second = charged("first", 0, IN_PARTS), charged("second", 31, IN_PARTS)

    assert life(first, second, ended(70)).expires_at == ends("2026-03-21")
    assert life(first, second, canceled(70)) == life(first, second)


def test_charge_that_fits_no_entry_buys_what_the_decision_before_it_says() -> None:
    unmapped = charged("second", 31, None)

    assert life(FIRST, unmapped).expires_at == ends("2026-03-10")
    assert life(FIRST, charged("second", 31, None, months=3)).expires_at == ends("2026-05-10")
    assert life(unmapped, charged("third", 59)).expires_at == ends("2026-04-10")
    yearly = planned(20, replace(PRO, months=12))
    assert life(FIRST, unmapped, yearly).expires_at == ends("2027-02-10")


def test_charge_that_fits_no_entry_leaves_an_older_license_its_end() -> None:
    from_before = charged("first", 0, replace(MONTHLY, months=None, ends_at=day(40)))

    assert life(from_before, charged("second", 31, None)).expires_at == ends("2026-02-19")


def test_story_without_a_decision_is_refused() -> None:
    with pytest.raises(ValueError, match="a payment or a state with a decision"):
        life(charged("first", 0, None))


@pytest.mark.parametrize(
    "odd",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))),
        datetime(1999, 1, 1, tzinfo=UTC),
        datetime(2126, 1, 1, tzinfo=UTC),
    ],
)
def test_date_without_sense_is_no_error(odd: datetime) -> None:
    at_odd_time = replace(SECOND, sale=replace(SECOND.sale, sold_at=odd))
    for payment in (charged("second", 31, paid_until=odd), at_odd_time):
        found = life(FIRST, payment, ended(40), canceled(40, ends_at=odd))
        assert found.expires_at is not None
        assert found.expires_at <= ends("9999-12-31")
    assert life(FIRST, replace(ended(0), at=odd)).status == "active"
