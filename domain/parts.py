"""The parts of a license's life at one moment, and the judgment of them."""

from dataclasses import dataclass
from datetime import datetime

from domain.acts import Hand, hand_of
from domain.calendar_days import day_end, days_after, is_later, latest
from domain.courses import Course, course_of
from domain.decisions import Decision
from domain.license import LicenseReason, LicenseStatus
from domain.periods import Period, instalments_of, periods_of, terms_of, told_end
from domain.plans import decisions_of, plan_of
from domain.story import Known
from domain.taken_back import taken_back


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a life at the moment `now`. There is at least one period.

    `paid_until` is the end of the paid time. None: it has no end.
    """

    now: datetime
    hand: Hand
    course: Course
    plan: Decision
    periods: list[Period]
    paid_until: datetime | None
    is_subscription: bool
    in_instalments: bool

    @property
    def renews(self) -> bool | None:
        """Tell whether another charge will come; None: there is no subscription."""
        if not self.is_subscription:
            return None
        return self.course.renews and not self.in_instalments

    @property
    def expires_at(self) -> datetime | None:
        """The end of the license. An extension by hand is a time of its own."""
        by_hand = self.hand.extended_to
        return self.paid_until if by_hand is None else latest([self.paid_until, day_end(by_hand)])

    def status(self) -> tuple[LicenseStatus, LicenseReason | None]:
        """Return the status. The seller's word counts before the shop's."""
        if self.hand.revoked:
            return LicenseStatus.REVOKED, LicenseReason.BY_HAND
        back = [each.back for each in self.periods if each.back is not None]
        if len(back) == len(self.periods):
            # The dispute alone keeps its payment away, and may be won.
            if any(each.reason == LicenseReason.DISPUTED for each in back):
                return LicenseStatus.SUSPENDED, LicenseReason.DISPUTED
            return LicenseStatus.REVOKED, max(back, key=lambda one: (one.since, one.reason)).reason
        if self._is_paused():
            return LicenseStatus.SUSPENDED, LicenseReason.PAUSED
        return LicenseStatus.ACTIVE, None

    def grace_until(self) -> datetime | None:
        """Return the end of the time in which a renewal may be late; None: there is none.

        There is none after a refund of the newest time, because that renewal came and went back.
        """
        paid, expires_at = self.paid_until, self.expires_at
        if self.status()[0] != LicenseStatus.ACTIVE or not self.renews:
            return None
        if paid is None or expires_at is None or self._newest_is_back(paid):
            return None
        until = days_after(paid, self.plan.grace_days)
        return until if until > expires_at else None

    def _newest_is_back(self, paid: datetime) -> bool:
        return any(each.back is not None and is_later(each.end, paid) for each in self.periods)

    def _is_paused(self) -> bool:
        """Tell whether the subscription rests. An ended one does not: its end says enough."""
        paused, ended, restored = self.course.paused, self.course.ended, self.hand.restored_at
        if paused is None or (ended is not None and ended <= self.now):
            return False
        return restored is None or paused > restored


def parts_of(known: Known, now: datetime) -> Parts:
    """Return the parts. Raises ValueError for a story without any decision."""
    hand, course = hand_of(known.acts, now), course_of(known, now)
    decisions = decisions_of(known, now)
    plan, terms = plan_of(known, decisions, now), terms_of(known, decisions)
    back = taken_back(known, hand.restored_at)
    in_instalments = known.is_subscription and terms[0].instalments
    if in_instalments:
        periods = instalments_of(known, terms[0], back)
    else:
        periods = periods_of(known, terms, course, back)
    ended = None if plan.keep_after_end else course.ended
    told = None if in_instalments else told_end(known, periods, now, ended)
    return Parts(
        now=now,
        hand=hand,
        course=course,
        plan=plan,
        periods=periods,
        paid_until=_paid_until(periods, ended, told),
        is_subscription=known.is_subscription,
        in_instalments=in_instalments,
    )


def _paid_until(
    periods: list[Period], ended: datetime | None, told: datetime | None
) -> datetime | None:
    """Return the latest end of the periods that stand, and of the time that the shop tells.

    A license without a standing payment keeps its end, because its status says enough.
    """
    standing = [each for each in periods if each.back is None]
    ends = [each.end_by(ended) for each in standing or periods]
    return latest([*ends, told] if standing and told is not None else ends)
