"""Further keys of a license: imported keys, and the storefront's own."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.inserting import insert_once
from db.tables import FurtherKeyRow, LicenseRow
from domain.folding import fold_key

LONGEST = 200
"""The longest folded key: the width of `license_keys.folded`."""
GROUP = 4


def add_further_key(
    session: Session, license_id: int, event_id: int | None, key: str, now: datetime
) -> str | None:
    """Give the license a further key. Return a note instead if the key cannot be given.

    A license that has the key already keeps it, without a note. No note quotes the key.
    """
    folded = fold_key(key)
    if (problem := problem_of_key(key)) is not None:
        return f"the further key was not given: {problem}"
    holder = minted_with(session, folded)
    if holder is None:
        insert_once(
            session,
            FurtherKeyRow,
            license_id=license_id,
            event_id=event_id,
            key=key.strip(),
            folded=folded,
            created_at=now,
        )
        holder = further_holder(session, folded)
    if holder in {None, license_id}:
        return None
    return f"the further key was not given: license {holder} has it"


def problem_of_key(key: str) -> str | None:
    """Say why a text cannot be a key, without a look at the database."""
    folded = fold_key(key)
    if not folded:
        return "it has no letter and no digit"
    return f"it is longer than {LONGEST} characters" if len(folded) > LONGEST else None


def holder_of_key(session: Session, key: str) -> int | None:
    """Return the license that has the key as its own or as a further key."""
    folded = fold_key(key)
    return minted_with(session, folded) or further_holder(session, folded)


def licenses_of_any_key(session: Session, text: str) -> list[int]:
    """Return the license with this key, its own or a further key, however a person types it."""
    folded = fold_key(text)
    own = func.replace(LicenseRow.key, "-", "") == folded
    further = select(FurtherKeyRow.license_id).where(FurtherKeyRow.folded == folded)
    either = or_(own, LicenseRow.id.in_(further))
    return list(session.scalars(select(LicenseRow.id).where(either).order_by(LicenseRow.id)))


def keys_of_license(session: Session, license_id: int) -> list[str]:
    """Return the license's further keys as they were given, oldest first."""
    own = select(FurtherKeyRow.key).where(FurtherKeyRow.license_id == license_id)
    return list(session.scalars(own.order_by(FurtherKeyRow.id)))


def minted_with(session: Session, folded: str) -> int | None:
    """Return the license with this minted key. The column's own index finds it at once."""
    return session.scalar(select(LicenseRow.id).where(LicenseRow.key == grouped(folded)))


def grouped(folded: str) -> str:
    """Return a folded key in the groups of minted keys."""
    return "-".join(folded[at : at + GROUP] for at in range(0, len(folded), GROUP))


def further_holder(session: Session, folded: str) -> int | None:
    holder = select(FurtherKeyRow.license_id).where(FurtherKeyRow.folded == folded)
    return session.scalar(holder)
