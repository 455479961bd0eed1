"""The signed revocation lists, and the licenses that belong into the next one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.signed_lists import keep_newest
from db.tables import ChangeRow, LicenseRow, RevocationListRow
from domain.license import LicenseStatus

AT_ONCE = 1000
"""Licenses in memory at a time."""

HEAD = 1000
"""Characters that hold the whole header of a token."""


@dataclass(frozen=True, slots=True)
class KeptList:
    """The newest list without its claims. `head` is the beginning of the token."""

    seq: int
    changes: int
    signed_at: datetime
    head: str


@dataclass(frozen=True, slots=True)
class NewList:
    """A list that was signed, and the last change of a license that it covers."""

    seq: int
    token: str
    changes: int
    signed_at: datetime


def newest_list(session: Session) -> KeptList | None:
    """Return the newest list, without the long part of its token."""
    row = session.execute(
        select(
            RevocationListRow.seq,
            RevocationListRow.changes,
            RevocationListRow.signed_at,
            func.substr(RevocationListRow.token, 1, HEAD),
        )
        .order_by(RevocationListRow.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else KeptList(*row)


def last_change(session: Session) -> int:
    """Return the id of the last change of any license; 0 before the first."""
    return session.scalar(select(func.max(ChangeRow.id))) or 0


def status_changed(session: Session, after: int) -> bool:
    """Tell whether a change behind this one gave a license another status."""
    active = LicenseStatus.ACTIVE.value
    # A new license has no state before, and one that is minted active is no reason for a list.
    before, now = (
        func.coalesce(state["status"].as_string(), active)
        for state in (ChangeRow.before, ChangeRow.after)
    )
    found = select(ChangeRow.id).where(ChangeRow.id > after, before != now).limit(1)
    return session.scalar(found) is not None


def token_ids_not_active(session: Session) -> Iterator[str]:
    """Yield each `jti` that a revoked or suspended license ever had, a part at a time.

    Test licenses too, because a released app may accept them.
    """
    columns = (LicenseRow.id, LicenseRow.token_id, LicenseRow.former_token_id)
    found = select(*columns).where(_is_not_active()).execution_options(yield_per=AT_ONCE)
    for number, current, former in session.execute(found):
        # Tokens from before migration 0004 carry the license's number.
        yield current or str(number)
        if former is not None:
            yield former


def keep_list(session: Session, new: NewList) -> bool:
    """Store a list, and delete those that are too old. False if another worker was first."""
    return keep_newest(
        session, RevocationListRow, new.seq, new.token, new.signed_at, changes=new.changes
    )


def _is_not_active() -> ColumnElement[bool]:
    # Not "other than active": a later version may write a status that this version does not know,
    # and an app must not refuse a license because of it.
    return LicenseRow.status.in_([LicenseStatus.REVOKED, LicenseStatus.SUSPENDED])
