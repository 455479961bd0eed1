"""Computes licenses anew, and keeps their history and the mails that they owe."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.corrections import MAY_HAVE_GONE_BEFORE, withdraw_deliveries, withhold_deliveries
from db.decisions import keep_adopted
from db.history import keep_change, life_of
from db.owed import owe
from db.stories import story_of_license
from db.tables import LicenseRow
from domain.changes import UNCHANGED, describe, is_in_favor
from domain.delivery import Reason
from domain.license import LicenseStatus
from domain.lifecycle import Life, fold


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that brought a fact, and the reason of the mail that it may owe."""

    event_id: int
    reason: Reason
    may_mail: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A license after a fact. `delivery_id` is the mail that the fact owes, if any."""

    license_id: int
    before: Life
    after: Life
    delivery_id: int | None

    @property
    def told(self) -> str | None:
        """Return the change as a clause with no personal data; None if nothing changed."""
        said = describe(self.before, self.after)
        return None if said == UNCHANGED else f"license {self.license_id} {said}"


def locked_license(session: Session, license_id: int) -> LicenseRow:
    row = find_locked(session, LicenseRow.id == license_id)
    if row is None:
        raise LookupError("no license with this id")
    return row


def find_locked(session: Session, which: ColumnElement[bool]) -> LicenseRow | None:
    # Two charges of one subscription may come at once, and the second must see the first's end.
    query = select(LicenseRow).where(which).with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def relive(session: Session, row: LicenseRow, cause: Cause, now: datetime) -> Change:
    """Compute the locked license from all of its facts, in the transaction that stores a fact."""
    keep_adopted(session, row)
    story, before = story_of_license(session, row), life_of(row)
    after = replace(fold(story, now), refuses=None)
    _write(row, after)
    session.flush()
    # The next moment of a change is no state of the license, and no news.
    if replace(after, changes_at=before.changes_at) != before:
        keep_change(session, row.id, cause.event_id, before, after, now)
        # The worker signs a new one, because no process here has its key.
        row.token = None
    if after.status != LicenseStatus.ACTIVE:
        withhold_deliveries(session, row.id)
        return Change(row.id, before, after, None)
    gained = cause.may_mail and is_in_favor(before, after, now)
    owed = owe(session, row, cause.reason, now) if gained else None
    if owed is not None and before.status != LicenseStatus.ACTIVE:
        withdraw_deliveries(session, row.id, owed, MAY_HAVE_GONE_BEFORE)
    return Change(row.id, before, after, owed)


def _write(row: LicenseRow, life: Life) -> None:
    row.status, row.reason = life.status, life.reason
    row.expires_at, row.grace_until = life.expires_at, life.grace_until
    row.renews, row.changes_at = life.renews, life.changes_at
    row.tier, row.seats = life.tier, life.seats
    row.product_id, row.product_name = life.product_id, life.product_name
    row.products_sha256 = life.products_sha256
