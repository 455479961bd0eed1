"""Subscriptions of several lines, subscriptions by a link, and ends that a subscription tells."""

from dataclasses import replace

import pytest

from domain.facts import SubscriptionState
from domain.lifecycle import DecidedFact, Life, PaidLine, Story, fold
from domain.pairing import Licensed
from tests.domain.stories import (
    LATER,
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
    every_order,
    life,
    linked,
    paused,
    refunded,
    restarted,
    resumed,
    reversed_,
    story,
    told_until,
    won,
)

FIRST = bought("first", 0, MONTHLY)
FEBRUARY, MARCH, APRIL = (ends(f"2026-{month}-10") for month in ("02", "03", "04"))
SECOND = charged("second", 31, paid_until=MARCH)
THIRD = charged("third", 59, paid_until=APRIL)
NOTHING = replace(MONTHLY, months=None)
LINKED: dict[str, tuple[Told, ...]] = {
    "linked": (FIRST, SECOND, linked(), canceled(40), refunded("second", 45)),
    "linked twice": (FIRST, SECOND, linked(), linked(1, until=FEBRUARY), ended(50)),
    "trial by its link": (bought("first", 0, NOTHING), SECOND, linked(until=day(13)), paused(40)),
    "told ends": (
        FIRST,
        linked(until=FEBRUARY),
        told_until(0, FEBRUARY),
        told_until(31, MARCH),
        refunded("first"),
        reversed_("first"),
    ),
    "told ends of renewals": (
        *(charged("first", 0, paid_until=FEBRUARY), SECOND, THIRD),
        *(told_until(60, APRIL), disputed(61, "third"), won(70, "third")),
    ),
    "link that each event repeats": (
        *(bought("first", 0, NOTHING), SECOND, refunded("second")),
        *(linked(until=FEBRUARY), linked(until=MARCH), told_until(31, MARCH)),
    ),
    "told end and ending": (FIRST, linked(), told_until(31, APRIL), ended(40), restarted(50)),
}


def lives(told: Story) -> set[Life]:
    return {fold(each, LATER) for each in every_order(told)}


@pytest.mark.parametrize("name", LINKED)
def test_facts_in_any_order_and_given_twice_are_one_license(name: str) -> None:
    assert len(lives(story(*LINKED[name]))) == 1


def test_link_makes_an_order_a_subscription() -> None:
    assert life(FIRST).renews is None
    assert life(FIRST, linked(), now=day(1)).renews is True
    assert life(FIRST, linked(), canceled(2), now=day(3)).renews is False
    assert life(FIRST, canceled(2), now=day(3)).renews is None


def test_link_of_another_line_or_order_is_no_link() -> None:
    assert life(FIRST, linked(line="2")).renews is None
    assert life(FIRST, linked(order="another")).renews is None
    assert life(FIRST, linked(line="1")).renews is True


def test_link_to_another_subscription_than_the_payment_tells_is_left_out() -> None:
    other = replace(linked(until=APRIL), subscription_id="another")
    assert life(charged("first", 0), other).expires_at == FEBRUARY


def test_link_tells_the_paid_time_where_the_payment_tells_none() -> None:
    assert life(FIRST, linked(until=MARCH)).expires_at == MARCH
    assert life(charged("first", 0, paid_until=APRIL), linked(until=MARCH)).expires_at == APRIL
    newest = linked(5, until=FEBRUARY)
    assert life(bought("first", 0, NOTHING), linked(until=MARCH), newest).expires_at == FEBRUARY


def test_newest_state_tells_a_paid_time() -> None:
    assert life(FIRST, linked(), told_until(31, MARCH)).expires_at == MARCH
    assert life(FIRST, linked(), told_until(31, MARCH), told_until(32, APRIL)).expires_at == APRIL
    assert life(FIRST, linked(), told_until(31, MARCH), now=day(30)).expires_at == FEBRUARY
    assert life(THIRD, told_until(31, MARCH)).expires_at == APRIL


def test_told_time_is_taken_back_with_its_payment() -> None:
    first = charged("first", 0, paid_until=FEBRUARY)
    told = first, SECOND, told_until(31, MARCH)
    back = life(*told, refunded("second", 40))
    assert (back.status, back.expires_at) == ("active", FEBRUARY)
    assert life(*told, refunded("second", 40), reversed_("second", 41)).expires_at == MARCH
    assert life(*told, refunded("first", 40)).expires_at == MARCH


def test_told_time_saves_no_refunded_order() -> None:
    found = life(FIRST, linked(until=FEBRUARY), told_until(0, MARCH), refunded("first", 3))
    assert (found.status, found.reason, found.expires_at) == ("revoked", "refunded", FEBRUARY)


def test_told_time_ends_with_the_subscription() -> None:
    told = FIRST, linked(), told_until(31, APRIL), ended(40)
    assert life(*told).expires_at == ends("2026-02-19")
    keeping = bought("first", 0, replace(MONTHLY, keep_after_end=True))
    assert life(keeping, *told[1:]).expires_at == APRIL
    assert life(*told, restarted(41)).expires_at == APRIL


A, B, C = "price_a", "price_b", "price_c"
TWO = ((A,), (B,))


def line_state(
    on: float, line: str, among: tuple[str, ...], *, seats: int | None = None
) -> DecidedFact:
    state = SubscriptionState("plan", day(on), seats=seats, line=line, among=among)
    return DecidedFact(state, replace(PRO, quantity=seats or 1))


def of_line(own: int, *told: Told, names: tuple[tuple[str, ...], ...] = TWO) -> Life:
    return fold(replace(story(*told), licensed=Licensed(names, own)), LATER)


def paid(order: str, on: float, line: str) -> PaidLine:
    one = charged(order, on)
    return replace(one, sale=replace(one.sale, line=line, subscription_line=line), order_total=5800)


def test_state_of_a_line_is_about_its_license_alone() -> None:
    told = charged("first", 0), line_state(5, B, (A, B), seats=3)
    assert (of_line(0, *told).tier, of_line(1, *told).tier) == ("core", "pro")
    assert of_line(1, *told).seats == 15


def test_line_of_a_new_plan_is_that_of_the_license_whose_line_is_gone() -> None:
    told = charged("first", 0), line_state(5, C, (B, C)), line_state(5, B, (B, C))
    assert of_line(0, charged("first", 0), line_state(5, C, (B, C))).tier == "pro"
    assert of_line(1, charged("first", 0), line_state(5, C, (B, C))).tier == "core"
    assert of_line(1, *told).tier == "pro"


def test_state_without_a_line_is_about_every_license() -> None:
    for own in (0, 1):
        assert of_line(own, charged("first", 0), canceled(5)).renews is False


def test_refund_of_an_order_of_two_lines_takes_back_both() -> None:
    for own, line in enumerate((A, B)):
        told = paid("first", 0, line), paid("second", 31, line), refunded("second", 40)
        assert of_line(own, *told).expires_at == FEBRUARY
        assert of_line(own, *told, refunded("first", 41)).status == "revoked"


@pytest.mark.parametrize("own", [0, 1])
def test_facts_of_two_lines_in_any_order_are_one_license(own: int) -> None:
    told = story(
        *(paid("first", 0, TWO[own][0]), paid("second", 31, TWO[own][0])),
        *(line_state(20, A, (A, B)), line_state(20, B, (A, B), seats=2)),
        *(line_state(40, C, (C, B)), paused(50), resumed(51)),
    )
    found = lives(replace(told, licensed=Licensed(TWO, own)))
    assert len(found) == 1


def test_earliest_of_the_links_of_one_moment_tells_what_the_order_paid() -> None:
    once = bought("first", 0, NOTHING)

    assert life(once, linked(until=MARCH), linked(until=FEBRUARY)).expires_at == FEBRUARY
    assert life(once, linked(until=FEBRUARY), linked(1, until=MARCH)).expires_at == MARCH
