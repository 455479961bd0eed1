"""Judge a license for an app: one verdict for a key, a product and a device.

Mintpost's own API and every dialect of another vendor's API ask here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from db.devices import (
    Bound,
    NewDevice,
    TooManyReleasesError,
    activate,
    find_device,
    list_devices,
    release_by_holder,
    see_device,
)
from db.engine import Database
from db.views.online import Asked, OnlineLicense, find_or_wait
from domain.catalog import Catalog
from domain.online import Code, Device, code_of
from kit.clock import Clock, utc_now
from licensing.keys import MistypedKeyError
from operations.asked_keys import AskedKey, asked_key, released_hashes
from operations.offers import offer_of_license
from operations.verdicts import Activation, Found, Question, Verdict

RELEASES_COUNT_FOR = timedelta(days=30)
FEWEST_RELEASES = 4
"""A holder may release so many devices in that time, also under a limit of one device."""

MOST_TOLD = 100
"""The devices that an answer lists, the one unseen for longest first."""


class TooManyError(Exception):
    """The license was activated or released too often. `seconds`: the pause before the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many; again after {seconds} s")
        self.seconds = seconds


class Mapping(Protocol):
    """The product mapping of today."""

    async def current(self) -> Catalog: ...


class Pace(Protocol):
    """Limits how often devices come and go. `allow` raises TooManyError; `count` counts one."""

    def allow(self, license_id: int) -> None: ...

    def count(self, license_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class OnlineLicenses:
    """Raises DatabaseAwayError, what `mapping` raises, and TooManyError."""

    database: Database
    mapping: Mapping
    pace: Pace
    clock: Clock = utc_now

    async def validate(self, question: Question) -> Verdict:
        verdict = await self._judge(question)
        if verdict.found is None or question.device is None or not verdict.valid:
            return verdict
        if verdict.device is None and verdict.found.usage.limit is not None:
            return replace(verdict, code=Code.DEVICE_NOT_ACTIVATED)
        return verdict

    async def activate(self, wish: Activation) -> Verdict:
        verdict = await self._judge(Question(wish.key, wish.belongs, wish.device))
        found = verdict.found
        if found is None or not verdict.valid:
            return verdict
        if verdict.device is not None and wish.label in {"", verdict.device.label}:
            return verdict  # An app that activates at each start costs no write.
        if verdict.device is None and found.usage.is_full and not wish.replace_unseen:
            return await self._full(found, verdict.at)  # No write, however often an app tries.
        license_id = found.online.license.id
        self.pace.allow(license_id)
        new = _new_device(wish, found, verdict.at)
        done = await self.database.write(activate, new)
        if done.is_new or verdict.device is not None:
            self.pace.count(license_id)
        found = replace(found, online=replace(found.online, used=done.used, device=done.device))
        if done.device is None:
            return await self._full(found, verdict.at)
        return replace(verdict, found=found, device=done.device, is_new=done.is_new)

    async def _full(self, found: Found, now: datetime) -> Verdict:
        license_id = found.online.license.id
        others = await self.database.read(list_devices, license_id, MOST_TOLD)
        return Verdict(Code.DEVICE_LIMIT, now, found, others=tuple(others))

    async def deactivate(self, question: Question) -> Verdict:
        """Release the device, whatever the state of the license. It may be named by its id."""
        verdict = await self._judge(question)
        if verdict.found is None or question.device is None:
            return verdict
        found, license_id = verdict.found, verdict.found.online.license.id
        device = verdict.device or await self.database.read(_named, license_id, question.device)
        if device is None:
            return Verdict(Code.DEVICE_NOT_ACTIVATED, verdict.at, found)
        self.pace.allow(license_id)
        if not await self._release(found, device.device_hash, verdict.at):
            return Verdict(Code.DEVICE_NOT_ACTIVATED, verdict.at, found)
        self.pace.count(license_id)
        online = replace(found.online, used=found.online.used - 1, device=None)
        return Verdict(Code.DEACTIVATED, verdict.at, replace(found, online=online))

    async def see(self, verdict: Verdict) -> None:
        """Note that the device's app asked, at most once a day."""
        device, found = verdict.device, verdict.found
        if device is not None and found is not None and device.last_seen.date() < verdict.at.date():
            license_id = found.online.license.id
            await self.database.write(see_device, license_id, device.device_hash, verdict.at)

    async def _judge(self, question: Question) -> Verdict:
        """Judge key, product and license. The device is looked up, and not judged."""
        now = self.clock()
        try:
            asked = asked_key(question.key)
        except MistypedKeyError:
            return Verdict(Code.MISTYPED_KEY, now)
        online, is_waiting = await self.database.read(
            find_or_wait, Asked(asked.folded, asked.is_ours, question.device, asked.spellings)
        )
        if online is None:
            return Verdict(_unknown(asked, is_waiting=is_waiting), now)
        found = await self._found(online)
        if question.belongs is not None and not question.belongs(found):
            return Verdict(Code.WRONG_PRODUCT, now)
        return Verdict(code_of(online.license, now), now, found, online.device)

    async def _found(self, online: OnlineLicense) -> Found:
        catalog = await self.mapping.current()
        product_id, tier = online.license.product_id, online.license.tier
        sold, under = online.sale.product, online.mapped_under
        return Found(online, offer_of_license(catalog, under, sold, product_id, tier))

    async def _release(self, found: Found, hashed: str, now: datetime) -> bool:
        bound = _bound(found.usage.limit, now)
        license_id = found.online.license.id
        try:
            return await self.database.write(release_by_holder, license_id, hashed, bound, now)
        except TooManyReleasesError:
            raise TooManyError(round(timedelta(days=1).total_seconds())) from None


def _unknown(asked: AskedKey, *, is_waiting: bool) -> Code:
    if asked.is_ours:
        return Code.UNKNOWN_KEY
    return Code.NOT_READY if is_waiting else Code.MISTYPED_KEY


def _named(session: Session, license_id: int, name: str) -> Device | None:
    """Return the device of this name or this id."""
    hashes = released_hashes(license_id, name)
    return next(filter(None, (find_device(session, license_id, each) for each in hashes)), None)


def _new_device(wish: Activation, found: Found, now: datetime) -> NewDevice:
    limit = found.usage.limit
    unseen = now - timedelta(days=found.terms.release_after) if wish.replace_unseen else None
    return NewDevice(
        license_id=found.online.license.id,
        device=wish.device,
        label=wish.label,
        limit=limit,
        at=now,
        unseen_since=unseen,
        bound=_bound(limit, now),
        extra=wish.extra,
    )


def _bound(limit: int | None, now: datetime) -> Bound | None:
    """Bound the releases to twice the limit in 30 days, so that a shared key gains nothing."""
    if limit is None:
        return None
    return Bound(max(FEWEST_RELEASES, 2 * limit), now - RELEASES_COUNT_FOR)
