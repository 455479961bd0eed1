"""The public keys of the API's answers, and the signed lists of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.inserting import insert_once
from db.signed_lists import keep_newest
from db.signing_keys import KnownKey
from db.tables import AnswerKeyListRow, AnswerKeyRow
from db.updating import count_updated

SEEN_EVERY = timedelta(hours=1)
"""A process that uses a key says so at this interval."""

CURRENT_FOR = timedelta(days=7)
"""A key that no process used for so long leaves the list."""

CLOCKS_DIFFER_BY = timedelta(days=1)
"""The clocks of API and worker differ by less."""

MOST_CURRENT = 100
"""An API that can keep no file makes a key at each start, and its thief any number of them."""


@dataclass(frozen=True, slots=True)
class AnswerKeyLine:
    """A key with its history. `withdrawn_at` None: the key's answers are good."""

    kid: str
    x: str
    created_at: datetime
    seen_at: datetime
    withdrawn_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class KeyList:
    """A signed list of answer keys."""

    seq: int
    token: str
    signed_at: datetime


def use_answer_key(session: Session, key: KnownKey, now: datetime) -> bool:
    """Note that a process signs with this key. False if a person withdrew the key."""
    insert_once(session, AnswerKeyRow, kid=key.kid, x=key.x, created_at=now, seen_at=now)
    good = (AnswerKeyRow.kid == key.kid, AnswerKeyRow.withdrawn_at.is_(None))
    return count_updated(session, update(AnswerKeyRow).where(*good).values(seen_at=now)) == 1


def find_answer_key(session: Session, kid: str) -> AnswerKeyLine | None:
    row = session.get(AnswerKeyRow, kid)
    return None if row is None else _line(row)


def all_answer_keys(session: Session) -> list[AnswerKeyLine]:
    """Return all keys, newest first, also those that were withdrawn."""
    newest = select(AnswerKeyRow).order_by(AnswerKeyRow.created_at.desc(), AnswerKeyRow.kid)
    return [_line(row) for row in session.scalars(newest)]


def current_answer_keys(session: Session, now: datetime) -> list[KnownKey]:
    """Return the keys whose answers are good, by their kid: those that were seen last.

    A thief of the API's role could write a day of the next century, and his key would stay.
    """
    soon, since = now + CLOCKS_DIFFER_BY, now - CURRENT_FOR
    current = select(AnswerKeyRow.kid, AnswerKeyRow.x).where(
        AnswerKeyRow.withdrawn_at.is_(None),
        AnswerKeyRow.seen_at > since,
        AnswerKeyRow.seen_at <= soon,
    )
    newest = current.order_by(AnswerKeyRow.seen_at.desc(), AnswerKeyRow.kid).limit(MOST_CURRENT)
    found = [KnownKey(*row) for row in session.execute(newest)]
    return sorted(found, key=lambda key: key.kid)


def withdraw_answer_key(session: Session, kid: str, reason: str | None, now: datetime) -> bool:
    """Withdraw a key for ever; False if the key is unknown or already withdrawn."""
    good = (AnswerKeyRow.kid == kid, AnswerKeyRow.withdrawn_at.is_(None))
    values = {"withdrawn_at": now, "reason": reason}
    return count_updated(session, update(AnswerKeyRow).where(*good).values(values)) == 1


def newest_key_list(session: Session) -> KeyList | None:
    newest = select(AnswerKeyListRow).order_by(AnswerKeyListRow.seq.desc()).limit(1)
    row = session.scalar(newest)
    return None if row is None else KeyList(row.seq, row.token, row.signed_at)


def keep_key_list(session: Session, new: KeyList) -> bool:
    """Store a list, and delete those that are too old. False if another worker was first."""
    return keep_newest(session, AnswerKeyListRow, new.seq, new.token, new.signed_at)


def _line(row: AnswerKeyRow) -> AnswerKeyLine:
    return AnswerKeyLine(row.kid, row.x, row.created_at, row.seen_at, row.withdrawn_at, row.reason)
