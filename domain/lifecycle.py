"""The life of a license: a pure function of the facts known about the license."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.event import IgnoredReason
from domain.license import LicenseReason, LicenseStatus, has_ended
from domain.parts import Parts, parts_of
from domain.story import DecidedFact, Known, PaidLine, Story, sort_out

__all__ = ["DecidedFact", "Life", "PaidLine", "Story", "fold"]

MOST_LOOKS_AHEAD = 8
"""The moments ahead that a fold compares. More would make the work grow with the square."""

REFUSED = {
    LicenseReason.REFUNDED: IgnoredReason.REFUNDED,
    LicenseReason.DISPUTED: IgnoredReason.DISPUTED,
    LicenseReason.DISPUTE_LOST: IgnoredReason.DISPUTE_LOST,
    LicenseReason.BY_HAND: IgnoredReason.BY_HAND,
}
"""The reasons that keep an order from its license. A paused one gets its license, which rests."""


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


def fold(story: Story, now: datetime) -> Life:
    """Compute the license from its story. The sequence of the facts does not matter.

    Raises ValueError for a story without any decision, because such a license has no tier.
    """
    known = sort_out(story)
    life = _life(known, now)
    return replace(life, changes_at=_next_change(known, life, now))


def _next_change(known: Known, life: Life, now: datetime) -> datetime | None:
    """Return the next moment at which a known fact takes effect.

    Far ahead it may be a moment of a fact without an effect. Then the next fold looks further.
    """
    times = {*(each.state.at for each in known.states), *(each.at for each in known.acts)}
    ahead = sorted(at for at in times if at > now)
    for at in ahead[:MOST_LOOKS_AHEAD]:
        if replace(_life(known, at), refuses=life.refuses) != life:
            return at
    return next(iter(ahead[MOST_LOOKS_AHEAD:]), None)


def _life(known: Known, now: datetime) -> Life:
    parts = parts_of(known, now)
    status, reason = parts.status()
    plan, hand = parts.plan, parts.hand
    return Life(
        status=status,
        reason=reason,
        expires_at=parts.expires_at,
        renews=parts.renews,
        grace_until=parts.grace_until(),
        tier=plan.tier if hand.tier is None else hand.tier,
        seats=plan.seats * plan.quantity if hand.seats is None else hand.seats,
        product_id=plan.product_id,
        product_name=plan.product_name,
        products_sha256=plan.products_sha256,
        refuses=_refusal(parts, reason),
    )


def _refusal(parts: Parts, reason: LicenseReason | None) -> IgnoredReason | None:
    if reason in REFUSED:
        return REFUSED[reason]
    over = parts.course.ended is not None and has_ended(parts.expires_at, parts.now)
    return IgnoredReason.ENDED if over else None
