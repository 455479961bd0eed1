"""Orders without a subscription: refunds and disputes."""

from dataclasses import replace

import pytest

from domain.event import IgnoredReason
from domain.facts import Dispute, SubscriptionState
from domain.license import LicenseReason, LicenseStatus
from domain.lifecycle import Life
from tests.domain.stories import (
    PRICE,
    Told,
    bought,
    charged,
    day,
    disputed,
    ends,
    life,
    lost,
    part,
    refunded,
    reversed_,
    won,
)


def judged(*told: Told) -> tuple[str, str | None]:
    found = life(bought(), *told)
    return found.status, found.reason


ACTIVE = ("active", None)
REFUNDED = ("revoked", "refunded")
DISPUTED = ("suspended", "disputed")
LOST = ("revoked", "dispute_lost")


def test_paid_order_is_active_until_the_last_day_of_its_term() -> None:
    assert life(bought()) == Life(
        status=LicenseStatus.ACTIVE,
        reason=None,
        expires_at=ends("2027-01-10"),
        renews=None,
        grace_until=None,
        tier="core",
        seats=1,
        product_id="lumen",
        product_name="Lumen",
        products_sha256="a",
    )


@pytest.mark.parametrize(
    ("told", "judgment"),
    [
        ([refunded()], REFUNDED),
        ([refunded(), reversed_()], ACTIVE),
        ([refunded(on=45), reversed_(on=40)], ACTIVE),
        ([refunded(ref="one"), reversed_(ref="one"), refunded(ref="two")], REFUNDED),
        ([refunded(ref="one"), replace(reversed_(ref="one"), state="failed")], ACTIVE),
        ([reversed_()], ACTIVE),
        ([refunded(on=-400)], REFUNDED),
        ([refunded("another order")], ACTIVE),
    ],
)
def test_whole_refund_that_stands_revokes(told: list[Told], judgment: tuple[str, str]) -> None:
    assert judged(*told) == judgment


@pytest.mark.parametrize(
    ("told", "judgment"),
    [
        ([disputed()], DISPUTED),
        ([disputed(), won()], ACTIVE),
        ([won()], ACTIVE),
        ([disputed(), lost()], LOST),
        ([disputed(), lost(), won()], ACTIVE),
        ([lost(on=60), won(on=50)], ACTIVE),
        ([disputed(), won(), Dispute("sale", day(60), "open", "second")], DISPUTED),
        ([lost(), Dispute("sale", day(60), "open", "second")], LOST),
    ],
)
def test_dispute_suspends_and_a_lost_one_revokes(
    told: list[Told], judgment: tuple[str, str]
) -> None:
    assert judged(*told) == judgment


def test_refund_outweighs_a_dispute() -> None:
    assert judged(refunded(), disputed()) == REFUNDED
    assert judged(refunded(), disputed(), won()) == REFUNDED
    assert judged(refunded(), reversed_(), lost()) == LOST


@pytest.mark.parametrize(
    ("told", "judgment"),
    [
        ([part(1000, 40, "one")], ACTIVE),
        ([part(1000, 40, "one"), part(PRICE - 1000, 50, "two")], REFUNDED),
        ([part(1000, 40, "one"), part(PRICE - 1001, 50, "two")], ACTIVE),
        ([part(1000, 40, "one"), part(1000, 41, "one"), part(1000, 42, "one")], ACTIVE),
        ([part(PRICE * 2, 40, "one")], REFUNDED),
        ([part(None, 40, None), part(None, 50, None)], ACTIVE),
        ([part(-1000, 40, "one"), part(0, 40, "two")], ACTIVE),
        ([part(-1000, 40, "one"), part(PRICE, 40, "two")], REFUNDED),
        (
            [
                part(2000, 40, "one"),
                part(900, 50, "two"),
                replace(part(900, 60, "two"), state="failed"),
            ],
            ACTIVE,
        ),
    ],
)
def test_partial_refunds_change_nothing_until_they_are_the_whole(
    told: list[Told], judgment: tuple[str, str]
) -> None:
    assert judged(*told) == judgment


def test_partial_refunds_are_compared_with_all_lines_of_the_order() -> None:
    line = replace(bought(), order_total=2 * PRICE)

    assert life(line, part(PRICE, 40, "one")).status == LicenseStatus.ACTIVE
    assert life(line, part(2 * PRICE, 40, "one")).status == LicenseStatus.REVOKED


def test_partial_refund_of_a_free_order_takes_nothing() -> None:
    free = replace(bought(), order_total=0)

    assert life(free, part(0, 40, "one")).status == LicenseStatus.ACTIVE


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ([], None),
        ([refunded()], IgnoredReason.REFUNDED),
        ([disputed()], IgnoredReason.DISPUTED),
        ([lost()], IgnoredReason.DISPUTE_LOST),
        ([disputed(), won()], None),
        ([part(1000, 40, "one")], None),
    ],
)
def test_order_is_not_minted_while_its_payment_is_back(
    told: list[Told], refusal: IgnoredReason | None
) -> None:
    assert life(bought(), *told).refuses == refusal


def test_free_order_has_the_term_of_its_entry() -> None:
    free = bought()
    free = replace(free, sale=replace(free.sale, price=0), order_total=0)

    assert life(free).expires_at == ends("2027-01-10")


def test_subscription_with_the_id_of_an_order_is_no_order() -> None:
    same = SubscriptionState("sale", day(20), ended=True, paused=True, renews=False)

    assert life(bought(), same) == life(bought())
    assert life(charged("first", 0), refunded("plan")) == life(charged("first", 0))


def test_revoked_license_keeps_its_end() -> None:
    assert life(bought(), refunded()).expires_at == ends("2027-01-10")
    assert life(bought(), refunded()).reason == LicenseReason.REFUNDED
