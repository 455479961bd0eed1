"""Changes of a license: as a clause for people, and as a gain for the holder."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from domain.calendar_days import is_later
from domain.license import LicenseStatus, has_ended, with_reason
from domain.lifecycle import Life

UNCHANGED = "unchanged"


class Terms(Protocol):
    """The terms of a license. `expires_at` None: it never ends."""

    @property
    def tier(self) -> str: ...

    @property
    def seats(self) -> int: ...

    @property
    def expires_at(self) -> datetime | None: ...


def brings_more(before: Terms, after: Terms, now: datetime) -> bool:
    """Tell whether the holder gains something by new terms.

    Only the seller knows which of two tiers is higher. So a new tier counts as a gain, unless the
    holder loses time or seats with it. The terms of a license that has ended bring nothing.
    """
    if has_ended(after.expires_at, now):
        return False
    if is_later(after.expires_at, before.expires_at) or after.seats > before.seats:
        return True
    shorter = is_later(before.expires_at, after.expires_at)
    return after.tier != before.tier and not shorter and after.seats == before.seats


def is_in_favor(before: Life, after: Life, now: datetime) -> bool:
    """Tell whether the holder gains something, so that a mail with the new token is owed.

    Grace does not count, because the holder did not buy it.
    """
    if after.status != LicenseStatus.ACTIVE or has_ended(after.expires_at, now):
        return False
    return before.status != LicenseStatus.ACTIVE or brings_more(before, after, now)


def describe(before: Life | None, after: Life) -> str:
    """Return one clause about the change, without any personal data. `before` None: it is new."""
    said = _first(after) if before is None else _changed(before, after)
    return ", ".join(said) or UNCHANGED


def _first(after: Life) -> Iterator[str]:
    yield with_reason(after.status, after.reason)
    yield after.tier
    yield _seats(after)
    yield _end(after)


def _changed(before: Life, after: Life) -> Iterator[str]:
    if (before.status, before.reason) != (after.status, after.reason):
        is_active = after.status == LicenseStatus.ACTIVE
        yield "active again" if is_active else with_reason(after.status, after.reason)
    plan = [*_plan(before, after)]
    if plan:
        yield f"now {', '.join(plan)}"
    yield from _course(before, after)


def _course(before: Life, after: Life) -> Iterator[str]:
    if after.renews and not before.renews:
        yield "renews" if before.renews is None else "renews again"
    stops = bool(before.renews) and after.renews is False
    if stops and after.status == LicenseStatus.ACTIVE:
        yield f"{_last_day(before, after)} and does not renew"
        return
    if before.expires_at != after.expires_at:
        yield _end(after)
    if stops:
        yield "does not renew"


def _last_day(before: Life, after: Life) -> str:
    """Tell the end of a license that no longer renews: it may have moved nearer with that."""
    if before.expires_at != after.expires_at:
        return _end(after)
    return _end(after, "goes on until", "goes on without an end")


def _plan(before: Life, after: Life) -> Iterator[str]:
    if before.product_id != after.product_id:
        yield "another product"
    if before.tier != after.tier:
        yield after.tier
    if before.seats != after.seats:
        yield _seats(after)


def _seats(life: Life) -> str:
    return "1 seat" if life.seats == 1 else f"{life.seats} seats"


def _end(life: Life, until: str = "ends", without: str = "never ends") -> str:
    return without if life.expires_at is None else f"{until} {life.expires_at.date()}"
