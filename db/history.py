"""The history of licenses: each change, with the event that caused it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.lives import as_plain, from_plain
from db.tables import ChangeRow, LicenseRow
from domain.changes import UNCHANGED, describe
from domain.license import LicenseReason, LicenseStatus
from domain.lifecycle import Life


def life_of(row: LicenseRow) -> Life:
    """Return the state in the row. A subscription renews until a fact says otherwise."""
    unsaid = row.renews is None and row.subscription_id is not None
    return Life(
        status=LicenseStatus(row.status),
        reason=None if row.reason is None else LicenseReason(row.reason),
        expires_at=row.expires_at,
        renews=True if unsaid else row.renews,
        grace_until=row.grace_until,
        tier=row.tier,
        seats=row.seats,
        product_id=row.product_id,
        product_name=row.product_name,
        products_sha256=row.products_sha256,
        changes_at=row.changes_at,
    )


def keep_change(  # noqa: PLR0913, PLR0917 - the columns of one row
    session: Session,
    license_id: int,
    event_id: int | None,
    before: Life | None,
    after: Life,
    now: datetime,
) -> None:
    session.add(
        ChangeRow(
            license_id=license_id,
            event_id=event_id,
            at=now,
            before=None if before is None else as_plain(before),
            after=as_plain(after),
        )
    )
    session.flush()


def told_changes(session: Session, event_id: int) -> tuple[str, ...]:
    """Return each change that the event caused, as a clause with no personal data.

    A change that no clause tells is no news, such as the grace of a license that had none before.
    """
    rows = select(ChangeRow).where(ChangeRow.event_id == event_id).order_by(ChangeRow.id)
    told = [(row.license_id, _told(row)) for row in session.scalars(rows)]
    return tuple(f"license {number} {said}" for number, said in told if said != UNCHANGED)


def _told(row: ChangeRow) -> str:
    before = None if row.before is None else from_plain(row.before)
    return describe(before, from_plain(row.after))
