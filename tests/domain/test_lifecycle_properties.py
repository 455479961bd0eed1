"""Rules that hold for every story that can be drawn."""

from dataclasses import replace
from datetime import datetime

from hypothesis import assume, given, settings, strategies as st

from domain.calendar_days import day_end, is_later
from domain.event import EventKind
from domain.facts import Act, Dispute, Fact, Refund
from domain.lifecycle import DecidedFact, PaidLine, Story, fold
from tests.domain.drawn import ORDERS, TIMES, facts, payments, shuffled, stories
from tests.domain.stories import act, bought, day

AFTERWARDS = day(500)
FEW = settings(max_examples=40)
"""The suite has little time. Every property held for 2,500 examples when it was written."""


def told(story: Story, *more: Fact) -> Story:
    return replace(story, facts=(*story.facts, *(DecidedFact(each) for each in more)))


@FEW
@given(shuffled(), TIMES)
def test_order_and_repetition_never_matter(both: tuple[Story, Story], now: datetime) -> None:
    one, other = both

    assert fold(one, now) == fold(other, now)


@FEW
@given(st.lists(facts(), max_size=6), TIMES)
def test_refunded_order_is_active_only_if_the_seller_restored_it(
    more: list[DecidedFact], now: datetime
) -> None:
    whole = DecidedFact(Refund("first", day(5), whole=True, refund_id="it stands"))
    restored = [
        each for each in more if isinstance(each.fact, Act) and each.fact.act == EventKind.RESTORE
    ]
    found = fold(Story((bought("first"),), (whole, *more)), now)

    assert restored or found.status == "revoked"


@FEW
@given(stories(plain=True), payments("fourth", plain=True), TIMES)
def test_further_payment_never_shortens_the_end(
    story: Story, further: PaidLine, now: datetime
) -> None:
    before = fold(story, now)
    after = fold(replace(story, payments=(*story.payments, further)), now)

    assume(before.status == "active")
    assert after.status == "active"
    assert not is_later(before.expires_at, after.expires_at)


@FEW
@given(stories(), TIMES, TIMES)
def test_extension_never_shortens_the_end(story: Story, until: datetime, now: datetime) -> None:
    before = fold(story, now)
    after = fold(told(story, replace(act(EventKind.EXTEND, 0, "first"), until=until)), now)

    assert not is_later(before.expires_at, after.expires_at)
    assert not is_later(day_end(until), after.expires_at)


@FEW
@given(stories(), ORDERS, TIMES)
def test_refund_that_did_not_happen_changes_nothing(
    story: Story, order: str, now: datetime
) -> None:
    made = Refund(order, day(5), whole=True, refund_id="mine")
    failed = replace(made, state="failed", at=day(2))

    assert fold(told(story, made, failed), now) == fold(story, now)


@FEW
@given(stories(), ORDERS, TIMES)
def test_dispute_that_was_won_changes_nothing(story: Story, order: str, now: datetime) -> None:
    opened = Dispute(order, day(5), "open", "mine")
    fought = (opened, replace(opened, state="lost"), replace(opened, state="won", at=day(2)))

    assert fold(told(story, *fought), now) == fold(story, now)


@FEW
@given(stories())
def test_last_word_is_the_sellers(story: Story) -> None:
    revoked = fold(told(story, act(EventKind.REVOKE, 499, "first")), AFTERWARDS)
    restored = fold(told(story, act(EventKind.RESTORE, 499, "first")), AFTERWARDS)

    assert (revoked.status, revoked.reason) == ("revoked", "by_hand")
    assert (restored.status, restored.reason) == ("active", None)


@FEW
@given(stories(), TIMES)
def test_grace_follows_the_end_of_a_license_that_renews(story: Story, now: datetime) -> None:
    life = fold(story, now)

    assert life.expires_at is None or life.expires_at == day_end(life.expires_at)
    if life.grace_until is not None:
        assert life.expires_at is not None
        assert life.grace_until > life.expires_at
        assert (life.status, life.renews) == ("active", True)


@FEW
@given(stories(), TIMES, TIMES)
def test_nothing_changes_before_the_told_moment(
    story: Story, now: datetime, then: datetime
) -> None:
    life = fold(story, now)
    assert life.changes_at is None or life.changes_at > now

    assume(now <= then and (life.changes_at is None or then < life.changes_at))
    # Time alone may pass the end of a subscription that ended.
    assert replace(fold(story, then), refuses=life.refuses) == life
