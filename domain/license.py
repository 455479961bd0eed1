"""A license and its term."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from typing_extensions import override

MONTHS_A_YEAR = 12


def end_of_day(moment: datetime) -> datetime:
    """Return the last second of that day in UTC, because the e-mail names a whole day."""
    return moment.astimezone(UTC).replace(hour=23, minute=59, second=59, microsecond=0)


@dataclass(frozen=True, slots=True)
class Term:
    """The time that one payment buys, in months. `months` None: for ever."""

    months: int | None

    def end(self, paid_at: datetime) -> datetime | None:
        """Return the end of the term, counted from the day of the payment.

        If the last month is too short for that day, the term ends on the month's last day: a
        year from 29 February ends on 28 February, a month from 31 January on the last of February.
        """
        if self.months is None:
            return None
        paid_day = end_of_day(paid_at)
        years, month = divmod(paid_day.month - 1 + self.months, MONTHS_A_YEAR)
        year, month = paid_day.year + years, month + 1
        day = min(paid_day.day, calendar.monthrange(year, month)[1])
        return paid_day.replace(year=year, month=month, day=day)

    @override
    def __str__(self) -> str:
        if self.months is None:
            return "for ever"
        years, rest = divmod(self.months, MONTHS_A_YEAR)
        count, unit = (self.months, "month") if rest else (years, "year")
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


class LicenseStatus(StrEnum):
    """The state of a license, apart from its end. `licenses.status` holds the value."""

    ACTIVE = "active"  #: The license is good until its end.
    SUSPENDED = "suspended"  #: The license may become active again by itself.
    REVOKED = "revoked"  #: Only a new fact makes the license active again.


class LicenseReason(StrEnum):
    """The reason of a status that is not active. `licenses.reason` holds the value."""

    REFUNDED = "refunded"  #: The whole payment went back.
    DISPUTED = "disputed"  #: The buyer's bank asks for the money.
    DISPUTE_LOST = "dispute_lost"  #: The buyer's bank took the money for good.
    PAUSED = "paused"  #: The subscription rests.
    BY_HAND = "by_hand"  #: The seller revoked the license.


def with_reason(status: str, reason: str | None) -> str:
    """Return a status as people read it, such as `revoked (dispute lost)`."""
    return status if reason is None else f"{status} ({reason.replace('_', ' ')})"


class Standing(StrEnum):
    """The answer to an app that asks if its user may go on."""

    HOLDS = "holds"  #: The license is good.
    GRACE = "grace"  #: Its paid time is over, and it stays good while its renewal is awaited.
    ENDED = "ended"  #: Its end is over, and its grace.
    SUSPENDED = "suspended"  #: It is not good now, and may come back by itself.
    REVOKED = "revoked"  #: It is not good any more.

    @property
    def is_good(self) -> bool:
        return self in {Standing.HOLDS, Standing.GRACE}

    @property
    def listed(self) -> "ListedStatus":
        return LISTED.get(self, ListedStatus.ACTIVE)


class ListedStatus(StrEnum):
    """The state of a license in lists: its status, or that its time is over."""

    ACTIVE = LicenseStatus.ACTIVE
    EXPIRED = "expired"  #: It is active, and its end and grace are over.
    SUSPENDED = LicenseStatus.SUSPENDED
    REVOKED = LicenseStatus.REVOKED


LISTED = {
    Standing.ENDED: ListedStatus.EXPIRED,
    Standing.SUSPENDED: ListedStatus.SUSPENDED,
    Standing.REVOKED: ListedStatus.REVOKED,
}


def has_ended(expires_at: datetime | None, now: datetime) -> bool:
    """Tell whether a term is over; None never ends."""
    return expires_at is not None and expires_at <= now


@dataclass(frozen=True, slots=True)
class License:
    """One license as its holder knows it.

    Times are UTC. `expires_at` is the end of the last day; None: the license never ends. `status`
    and `reason` may be words of a later version. `renews` and `grace_until` are those of
    `domain.lifecycle.Life`.
    `token_id` is the `jti` of the license's tokens, and random, so that no buyer can count the
    licenses. None: the license is from before migration 0004, and its tokens carry `id` instead.
    """

    id: int
    key: str
    source: str
    order_id: str
    product_id: str
    product_name: str
    tier: str
    email: str
    name: str
    seats: int
    test: bool
    issued_at: datetime
    expires_at: datetime | None
    token_id: str | None = None
    status: str = LicenseStatus.ACTIVE
    reason: str | None = None
    renews: bool | None = None
    grace_until: datetime | None = None

    @property
    def good_until(self) -> datetime | None:
        """Return the end of the time in which apps accept the license; None: it never ends."""
        if self.expires_at is None or self.grace_until is None:
            return self.expires_at
        return max(self.expires_at, self.grace_until)

    def standing(self, now: datetime) -> Standing:
        """Judge the license at that time. This is the only rule for it."""
        if self.status == LicenseStatus.REVOKED:
            return Standing.REVOKED
        if self.status != LicenseStatus.ACTIVE:
            # A later version may have written a status that this version does not know.
            return Standing.SUSPENDED
        if has_ended(self.good_until, now):
            return Standing.ENDED
        return Standing.GRACE if has_ended(self.expires_at, now) else Standing.HOLDS
