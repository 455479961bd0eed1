"""The causes that stand, shared by every API process, and the digests for the worker to mail."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.locks import lock_alerts
from db.tables import AlertRow, DigestRow
from domain.alerting import Judged, Standing
from domain.digest import Digest

Judge = Callable[[list[Standing]], tuple[Judged, Digest | None]]
"""Judges the stored causes, and returns a digest if there is something to tell."""


def tell(session: Session, judge: Judge, now: datetime) -> tuple[Judged, Digest | None]:
    """Judge the stored causes and keep the result, together with its digest.

    The lock makes the judgment of another process see this one's, so that one alone tells a cause.
    """
    lock_alerts(session)
    known = standing_causes(session)
    judged, digest = judge(known)
    _keep(session, known, judged.standing)
    if digest is not None:
        add_digest(session, digest, now)
    return judged, digest


def add_digest(session: Session, digest: Digest, now: datetime) -> int:
    """Keep a digest for the worker to mail; return its id."""
    row = DigestRow(reference=uuid4().hex, subject=digest.subject, text=digest.text, created_at=now)
    session.add(row)
    session.flush()
    return row.id


def standing_causes(session: Session) -> list[Standing]:
    return [_standing(row) for row in session.scalars(select(AlertRow))]


def _keep(session: Session, known: Iterable[Standing], kept: Iterable[Standing]) -> None:
    before = {each.cause: each for each in known}
    after = {each.cause: each for each in kept}
    if gone := before.keys() - after.keys():
        session.execute(delete(AlertRow).where(AlertRow.cause.in_(gone)))
    for cause, each in after.items():
        if before.get(cause) != each:
            session.merge(AlertRow(**asdict(each)))


def _standing(row: AlertRow) -> Standing:
    return Standing(
        cause=row.cause,
        sentence=row.sentence,
        since=row.since,
        seen_at=row.seen_at,
        told_at=row.told_at,
        told_count=row.told_count,
        closed_at=row.closed_at,
    )
