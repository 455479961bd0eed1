"""The seller's acts: their word is the last."""

from dataclasses import replace

import pytest

from domain.event import EventKind, IgnoredReason
from tests.domain.stories import (
    MONTHLY,
    Told,
    act,
    bought,
    charged,
    day,
    disputed,
    ended,
    ends,
    life,
    lost,
    part,
    paused,
    planned,
    refunded,
    restarted,
    won,
)

SALE = bought()
YEAR = charged("first", 0, replace(MONTHLY, months=12))
ACTIVE, BY_HAND, REFUNDED = ("active", None), ("revoked", "by_hand"), ("revoked", "refunded")


def revoked(on: float, order: str = "sale") -> Told:
    return act(EventKind.REVOKE, on, order)


def restored(on: float, order: str = "sale") -> Told:
    return act(EventKind.RESTORE, on, order)


def extended(on: float, until: float, order: str = "sale") -> Told:
    return replace(act(EventKind.EXTEND, on, order), until=day(until))


def judged(*told: Told) -> tuple[str, str | None]:
    found = life(*told)
    return found.status, found.reason


@pytest.mark.parametrize(
    ("told", "judgment"),
    [
        ([revoked(20)], BY_HAND),
        ([revoked(20), restored(30)], ACTIVE),
        ([revoked(30), restored(20)], BY_HAND),
        ([revoked(30), restored(30)], BY_HAND),
        ([revoked(20), restored(30), revoked(40)], BY_HAND),
        ([revoked(50), refunded()], BY_HAND),
        ([revoked(20), disputed(), won()], BY_HAND),
        ([revoked(20, "another")], ACTIVE),
        ([replace(act(EventKind.REVOKE, 20), line="2")], ACTIVE),
        ([replace(act(EventKind.REVOKE, 20), line="1")], BY_HAND),
        ([act(EventKind.GRANT, 20), act(EventKind.HOLDER, 20), act(EventKind.KEY, 20)], ACTIVE),
    ],
)
def test_revocation_by_hand_stands_until_a_restoration(
    told: list[Told], judgment: tuple[str, str]
) -> None:
    assert judged(SALE, *told) == judgment


@pytest.mark.parametrize(
    ("told", "judgment"),
    [
        ([refunded(on=40), restored(50)], ACTIVE),
        ([refunded(on=40), restored(40)], ACTIVE),
        ([refunded(on=40), refunded(on=60), restored(50)], ACTIVE),
        ([refunded(on=40), restored(30)], REFUNDED),
        ([refunded(on=40, ref="one"), refunded(on=60, ref="two"), restored(50)], ACTIVE),
        ([disputed(40), restored(50)], ACTIVE),
        ([disputed(40), restored(50), lost(60)], ("revoked", "dispute_lost")),
        ([refunded(on=40), restored(50), lost(60)], ("revoked", "dispute_lost")),
        ([part(2000, 40, "one"), restored(50), part(900, 60, "two")], REFUNDED),
        ([part(2000, 40, "one"), part(900, 60, "two"), restored(70)], ACTIVE),
    ],
)
def test_restoration_overrides_what_was_taken_back_before(
    told: list[Told], judgment: tuple[str, str]
) -> None:
    assert judged(SALE, *told) == judgment


def test_restoration_overrides_a_pause_before_it() -> None:
    told = (YEAR, paused(20), restored(30, "first"))

    assert judged(*told) == ACTIVE
    assert judged(*told, paused(40)) == ACTIVE  # The shop repeats the state of the same pause.


def test_restoration_gives_back_the_refunded_period() -> None:
    second = charged("second", 365, MONTHLY)
    told = (YEAR, second, refunded("second", 370))

    assert life(*told).expires_at == ends("2027-01-10")
    assert life(*told, restored(380, "first"), now=day(390)).expires_at == ends("2027-02-10")


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ([revoked(20)], IgnoredReason.BY_HAND),
        ([revoked(20), restored(30)], None),
        ([refunded(on=40), restored(50)], None),
    ],
)
def test_seller_decides_if_an_order_is_minted(
    told: list[Told], refusal: IgnoredReason | None
) -> None:
    assert life(SALE, *told).refuses == refusal


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ([extended(20, 400, "first")], "2027-02-14"),
        ([extended(20, 400, "first"), extended(30, 380, "first")], "2027-02-14"),
        ([extended(20, 100, "first")], "2027-01-10"),
        ([extended(20, 400, "first"), ended(50)], "2027-02-14"),
        ([extended(20, 100, "first"), ended(50)], "2026-04-20"),
        ([extended(20, 100, "first"), ended(50), restarted(60)], "2027-01-10"),
    ],
)
def test_extension_is_a_period_of_its_own(told: list[Told], end: str) -> None:
    assert life(YEAR, *told).expires_at == ends(end)


def test_extension_brings_no_refunded_license_back() -> None:
    assert judged(SALE, refunded(), extended(60, until=400)) == REFUNDED
    assert judged(YEAR, refunded("first"), extended(60, 400, "first")) == REFUNDED


def test_extension_is_not_paid_time_so_it_has_no_grace_of_its_own() -> None:
    assert life(YEAR, extended(20, until=400, order="first")).grace_until is None
    assert life(YEAR, extended(20, until=366, order="first")).grace_until == ends("2027-01-13")


def test_tier_and_seats_by_hand_stand_until_the_mapping_decides_again() -> None:
    tier = replace(act(EventKind.TIER, 20), tier="max")
    seats = replace(act(EventKind.SEATS, 20), seats=9)
    fewer = replace(act(EventKind.SEATS, 25), seats=3)

    assert (life(SALE, tier, seats).tier, life(SALE, tier, seats).seats) == ("max", 9)
    assert life(SALE, seats, fewer).seats == 3
    remapped = life(SALE, tier, seats, act(EventKind.REMAP, 30))
    assert (remapped.tier, remapped.seats) == ("core", 1)
    assert life(SALE, act(EventKind.REMAP, 10), tier).tier == "max"


def test_plan_change_of_the_shop_leaves_a_tier_by_hand() -> None:
    tier = replace(act(EventKind.TIER, 20, "first"), tier="max")

    found = life(YEAR, tier, planned(30, replace(MONTHLY, tier="pro", seats=5)))

    assert (found.tier, found.seats) == ("max", 5)


def test_act_ahead_takes_effect_at_its_time() -> None:
    assert life(SALE, revoked(60), now=day(30)).status == "active"
    assert life(SALE, revoked(60), now=day(30)).changes_at == day(60)
