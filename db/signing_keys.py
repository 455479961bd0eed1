"""The public keys of all tokens ever signed, with the revoked keys marked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.inserting import insert_once
from db.tables import SigningKeyRow
from db.updating import count_updated
from domain.errors import SigningKeyRevokedError


@dataclass(frozen=True, slots=True)
class KnownKey:
    kid: str
    x: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key with its history. `revoked_at` None: the key's tokens are good."""

    kid: str
    x: str
    created_at: datetime
    revoked_at: datetime | None
    reason: str | None


def remember_key(session: Session, key: KnownKey, now: datetime) -> None:
    insert_once(session, SigningKeyRow, kid=key.kid, x=key.x, created_at=now)


def use_key(session: Session, key: KnownKey, now: datetime) -> None:
    """Store the key that signs from now on. Raises SigningKeyRevokedError."""
    remember_key(session, key, now)
    require_not_revoked(session, key.kid)


def require_not_revoked(session: Session, kid: str) -> None:
    """Raise SigningKeyRevokedError if the key is revoked. An unknown key is not revoked."""
    key = find_key(session, kid)
    if key is not None and key.revoked_at is not None:
        raise SigningKeyRevokedError(kid, f"{key.revoked_at:%Y-%m-%d}")


def known_keys(session: Session) -> list[KnownKey]:
    """Return the keys that are not revoked, newest first, because most tokens need the newest."""
    return [KnownKey(key.kid, key.x) for key in all_keys(session) if key.revoked_at is None]


def all_keys(session: Session) -> list[KeyLine]:
    """Return all keys, newest first, also the revoked keys."""
    newest = select(SigningKeyRow).order_by(SigningKeyRow.created_at.desc(), SigningKeyRow.kid)
    return [_line(row) for row in session.scalars(newest)]


def find_key(session: Session, kid: str) -> KeyLine | None:
    row = session.get(SigningKeyRow, kid)
    return None if row is None else _line(row)


def revoke_key(session: Session, kid: str, reason: str | None, now: datetime) -> bool:
    """Revoke a key for ever; False if the key is unknown or already revoked."""
    unrevoked = update(SigningKeyRow).where(
        SigningKeyRow.kid == kid, SigningKeyRow.revoked_at.is_(None)
    )
    return count_updated(session, unrevoked.values(revoked_at=now, reason=reason)) == 1


def _line(row: SigningKeyRow) -> KeyLine:
    return KeyLine(row.kid, row.x, row.created_at, row.revoked_at, row.reason)
