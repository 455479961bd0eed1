"""The digests that the worker mails. A lease lets one worker mail each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from db.clock import database_now
from db.tables import DigestRow
from kit.times import minute


@dataclass(frozen=True, slots=True)
class ClaimedDigest:
    """Digests that go out as one mail, under the number and reference of the newest.

    `attempt` is the end of the lease, which names the attempt. `doubt` is the end of an earlier
    attempt that may have sent this mail.
    """

    id: int
    reference: str
    subject: str
    text: str
    attempt: datetime
    doubt: datetime | None


@dataclass(frozen=True, slots=True)
class KeptDigests:
    """`oldest` is None without any digest."""

    oldest: datetime | None
    unmailed: int


def kept_digests(session: Session) -> KeptDigests:
    waits = func.count().filter(DigestRow.mailed_at.is_(None))
    return KeptDigests(*session.execute(select(func.min(DigestRow.created_at), waits)).one())


def claim_digests(session: Session, lease: timedelta) -> ClaimedDigest | None:
    """Claim every digest that is not mailed; None while another attempt mails them.

    After a doubtful attempt, exactly its digests are claimed, so that its mail can be looked up.
    """
    unmailed = select(DigestRow).where(DigestRow.mailed_at.is_(None)).order_by(DigestRow.id)
    rows = session.scalars(unmailed.with_for_update()).all()
    now = database_now(session)
    doubts = [each.attempt_ends_at for each in rows if each.attempt_ends_at is not None]
    if not rows or any(end > now for end in doubts):
        return None
    doubt = doubts[0] if doubts else None
    claimed = [each for each in rows if each.attempt_ends_at == doubt]
    for each in claimed:
        each.attempt_ends_at = now + lease
    session.flush()
    newest = claimed[-1]
    return ClaimedDigest(
        newest.id, newest.reference, newest.subject, _text(claimed), now + lease, doubt
    )


def end_digests(
    session: Session, claimed: ClaimedDigest, mailed_at: datetime | None, note: str | None
) -> None:
    """Record that the mail was sent, or that surely nothing was. A later attempt's claim stays."""
    ended = {"mailed_at": mailed_at, "note": note, "attempt_ends_at": None}
    session.execute(update(DigestRow).where(_is_of(claimed)).values(ended))


def end_in_doubt(session: Session, claimed: ClaimedDigest, note: str) -> None:
    """Record that the mail may be sent. The first doubt counts, so that it ends."""
    at = claimed.doubt or min(claimed.attempt, database_now(session))
    ended = {"attempt_ends_at": at, "note": note}
    session.execute(update(DigestRow).where(_is_of(claimed)).values(ended))


def drop_digests(session: Session, before: datetime) -> None:
    """Remove the digests from before that time. One that nobody mailed so long tells nothing."""
    session.execute(delete(DigestRow).where(DigestRow.created_at < before))


@dataclass(frozen=True, slots=True)
class DigestState:
    is_done: bool
    note: str | None


def digest_state(session: Session, digest_id: int) -> DigestState:
    state = select(DigestRow.mailed_at, DigestRow.note).where(DigestRow.id == digest_id)
    mailed_at, note = session.execute(state).one()
    return DigestState(mailed_at is not None, note)


def _is_of(claimed: ClaimedDigest) -> ColumnElement[bool]:
    return DigestRow.attempt_ends_at == claimed.attempt


def _text(rows: Sequence[DigestRow]) -> str:
    if len(rows) == 1:
        return rows[0].text
    return "\n\n".join(f"{minute(row.created_at)} UTC\n{row.text}" for row in rows)
