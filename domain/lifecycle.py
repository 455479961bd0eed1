"""The life of a license: a pure function of the facts known about the license."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.acts import Hand, hand_of
from domain.calendar_days import day_end, days_after, is_later, latest
from domain.courses import Course, course_of
from domain.decisions import Decision
from domain.event import IgnoredReason
from domain.license import LicenseReason, LicenseStatus, has_ended
from domain.periods import Period, instalments_of, periods_of, terms_of
from domain.plans import decisions_of, plan_of
from domain.story import DecidedFact, Known, PaidLine, Story, sort_out
from domain.taken_back import taken_back

__all__ = ["DecidedFact", "Life", "PaidLine", "Story", "fold"]

MOST_LOOKS_AHEAD = 8
"""The moments ahead that a fold compares. More would make the work grow with the square."""


@dataclass(frozen=True, slots=True)
class Life:
    """The state of a license. `expires_at` None: it never ends.

    `renews` None: there is no subscription. `grace_until` None: there is no grace. `changes_at` is
    the next moment at which a known fact takes effect. `refuses` is the reason to mint nothing, if
    the order has no license yet.
    """

    status: LicenseStatus
    reason: LicenseReason | None
    expires_at: datetime | None
    renews: bool | None
    grace_until: datetime | None
    tier: str
    seats: int
    product_id: str
    product_name: str
    products_sha256: str
    changes_at: datetime | None = None
    refuses: IgnoredReason | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a story at one moment, from which a license is computed."""

    hand: Hand
    course: Course
    plan: Decision
    periods: list[Period]
    is_subscription: bool
    instalments: bool


def fold(story: Story, now: datetime) -> Life:
    """Compute the license from its story. The sequence of the facts does not matter.

    Raises ValueError for a story without any decision.
    """
    known = sort_out(story)
    life = _life(known, now)
    return replace(life, changes_at=_next_change(known, life, now))


def _next_change(known: Known, life: Life, now: datetime) -> datetime | None:
    times = {*(each.state.at for each in known.states), *(each.at for each in known.acts)}
    ahead = sorted(at for at in times if at > now)
    for at in ahead[:MOST_LOOKS_AHEAD]:
        if replace(_life(known, at), refuses=life.refuses) != life:
            return at
    return next(iter(ahead[MOST_LOOKS_AHEAD:]), None)


def _life(known: Known, now: datetime) -> Life:
    parts = _parts(known, now)
    status, reason = _status(parts, now)
    paid, expires_at = _ends(parts)
    renews = parts.course.renews and not parts.instalments
    graced = status == LicenseStatus.ACTIVE and renews and parts.is_subscription
    plan, hand = parts.plan, parts.hand
    return Life(
        status=status,
        reason=reason,
        expires_at=expires_at,
        renews=renews if parts.is_subscription else None,
        grace_until=_grace(parts, paid, expires_at) if graced else None,
        tier=plan.tier if hand.tier is None else hand.tier,
        seats=plan.seats * plan.quantity if hand.seats is None else hand.seats,
        product_id=plan.product_id,
        product_name=plan.product_name,
        products_sha256=plan.products_sha256,
        refuses=_refusal(parts, reason, expires_at, now),
    )


def _parts(known: Known, now: datetime) -> _Parts:
    hand, course = hand_of(known.acts, now), course_of(known, now)
    decisions = decisions_of(known, now)
    plan, terms = plan_of(known, decisions, now), terms_of(known, decisions)
    back = taken_back(known, hand.restored_at)
    instalments = known.is_subscription and terms[0].instalments
    periods = (
        instalments_of(known, terms[0], back)
        if instalments
        else periods_of(known, terms, course, back)
    )
    return _Parts(hand, course, plan, periods, known.is_subscription, instalments)


def _ends(parts: _Parts) -> tuple[datetime | None, datetime | None]:
    """Return the end of the paid time, and that of the license.

    A license without a standing payment keeps its end, because its status says enough.
    """
    ended = None if parts.plan.keep_after_end else parts.course.ended
    standing = [each for each in parts.periods if each.back is None] or parts.periods
    paid = latest(each.end_by(ended) for each in standing)
    by_hand = parts.hand.extended_to
    return paid, paid if by_hand is None else latest([paid, day_end(by_hand)])


def _status(parts: _Parts, now: datetime) -> tuple[LicenseStatus, LicenseReason | None]:
    """Return the status. The seller's word counts before the shop's."""
    if parts.hand.revoked:
        return LicenseStatus.REVOKED, LicenseReason.BY_HAND
    back = [each.back for each in parts.periods if each.back is not None]
    if len(back) == len(parts.periods):
        if any(each.reason == LicenseReason.DISPUTED for each in back):
            return LicenseStatus.SUSPENDED, LicenseReason.DISPUTED
        return LicenseStatus.REVOKED, max(back, key=lambda each: (each.since, each.reason)).reason
    if _is_paused(parts, now):
        return LicenseStatus.SUSPENDED, LicenseReason.PAUSED
    return LicenseStatus.ACTIVE, None


def _is_paused(parts: _Parts, now: datetime) -> bool:
    """Tell whether the subscription rests. An ended one does not, and its end says enough."""
    paused, ended, restored = parts.course.paused, parts.course.ended, parts.hand.restored_at
    if paused is None or (ended is not None and ended <= now):
        return False
    return restored is None or paused > restored


def _grace(parts: _Parts, paid: datetime | None, expires_at: datetime | None) -> datetime | None:
    """Return the end of the time in which a renewal may be late.

    There is none after a refund of the newest time: that renewal came, and went back.
    """
    if paid is None or expires_at is None or _newest_is_back(parts, paid):
        return None
    until = days_after(paid, parts.plan.grace_days)
    return until if until > expires_at else None


def _newest_is_back(parts: _Parts, paid: datetime) -> bool:
    return any(each.back is not None and is_later(each.end, paid) for each in parts.periods)


REFUSED = {
    LicenseReason.REFUNDED: IgnoredReason.REFUNDED,
    LicenseReason.DISPUTED: IgnoredReason.DISPUTED,
    LicenseReason.DISPUTE_LOST: IgnoredReason.DISPUTE_LOST,
    LicenseReason.BY_HAND: IgnoredReason.BY_HAND,
}
"""The reasons that keep an order from its license. A paused one gets its license, which rests."""


def _refusal(
    parts: _Parts, reason: LicenseReason | None, expires_at: datetime | None, now: datetime
) -> IgnoredReason | None:
    if reason in REFUSED:
        return REFUSED[reason]
    over = parts.course.ended is not None and has_ended(expires_at, now)
    return IgnoredReason.ENDED if over else None
