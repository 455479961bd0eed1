"""The public keys of all tokens ever signed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.inserting import insert_once
from db.models import SigningKey


@dataclass(frozen=True, slots=True)
class KnownKey:
    kid: str
    x: str


def remember_key(session: Session, key: KnownKey, now: datetime) -> None:
    insert_once(session, SigningKey, kid=key.kid, x=key.x, created_at=now)


def known_keys(session: Session) -> list[KnownKey]:
    """Return them newest first, so that most tokens match the first one tried."""
    rows = session.scalars(select(SigningKey).order_by(SigningKey.created_at.desc()))
    return [KnownKey(row.kid, row.x) for row in rows]
