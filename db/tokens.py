"""The current tokens of licenses. A changed license has none until the worker signs the next."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, undefer

from db.licenses import license_of
from db.tables import ChangeRow, LicenseRow
from domain.license import License

Sign = Callable[[License], str]

AT_ONCE = 100
"""Licenses of one transaction. It must be short, because SQLite lets no sale write meanwhile."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A license with the token that stands beside it."""

    license: License
    token: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A change in the history, with its license."""

    id: int
    license_id: int


def signed_by(kid: str, issuer: str) -> str:
    """Return the value of `token_signed_by`."""
    return f"{kid} {issuer}"


def has_unsigned(session: Session) -> bool:
    return (
        session.scalar(select(LicenseRow.id).where(LicenseRow.token.is_(None)).limit(1)) is not None
    )


def sign_unsigned(session: Session, sign: Sign, signer: str) -> int:
    """Sign licenses that have no token, and return their number.

    The rows stay locked until the tokens are stored, so that no change comes between. Rows that
    another transaction changes right now are left for the next look.
    """
    # Newest first, because the app of a new buyer asks sooner than those of an older version.
    unsigned = select(LicenseRow).where(LicenseRow.token.is_(None)).order_by(LicenseRow.id.desc())
    rows = session.scalars(unsigned.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    signed = [
        {"id": row.id, "token": sign(license_of(row)), "token_signed_by": signer} for row in rows
    ]
    if signed:
        session.execute(update(LicenseRow), signed)
    return len(signed)


def tokens_of_others(session: Session, signer: str, after: int) -> Sequence[int]:
    """Return licenses whose token another key or issuer signed, with ids behind `after`."""
    return _with_tokens(session, LicenseRow.token_signed_by != signer, after)


def tokens_of_key(session: Session, kid: str, after: int) -> Sequence[int]:
    """Return licenses whose token this key signed, with ids behind `after`."""
    start = signed_by(kid, "")
    same = func.substr(LicenseRow.token_signed_by, 1, len(start)) == start
    return _with_tokens(session, same, after)


def changed_since(session: Session, since: datetime, before: int | None) -> list[Changed]:
    """Return the changes since then with ids below `before`, newest first."""
    found = select(ChangeRow.id, ChangeRow.license_id).where(ChangeRow.at >= since)
    if before is not None:
        found = found.where(ChangeRow.id < before)
    newest = found.order_by(ChangeRow.id.desc()).limit(AT_ONCE)
    return [Changed(*row) for row in session.execute(newest)]


def stored_tokens(session: Session, license_ids: Collection[int]) -> list[StoredToken]:
    found = select(LicenseRow).where(LicenseRow.id.in_(license_ids), LicenseRow.token.is_not(None))
    rows = session.scalars(found.options(undefer(LicenseRow.token)))
    return [StoredToken(license_of(row), row.token) for row in rows if row.token is not None]


def clear_tokens(session: Session, license_ids: Sequence[int]) -> None:
    """Take back these tokens, but for rows that another transaction changes right now."""
    # Never wait for a row: two transactions that wait for each other's rows would never end.
    free = (
        select(LicenseRow.id)
        .where(LicenseRow.id.in_(license_ids))
        .with_for_update(skip_locked=True)
    )
    cleared = update(LicenseRow).where(LicenseRow.id.in_(session.scalars(free).all()))
    session.execute(cleared.values(token=None), execution_options={"synchronize_session": False})


def _with_tokens(session: Session, which: ColumnElement[bool], after: int) -> Sequence[int]:
    found = select(LicenseRow.id).where(LicenseRow.id > after, LicenseRow.token.is_not(None), which)
    return session.scalars(found.order_by(LicenseRow.id).limit(AT_ONCE)).all()
