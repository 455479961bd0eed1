"""The counts of what came in since a moment, for `mintpost status`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.tables import AlertRow, DeliveryRow, EventRow, LicenseRow
from db.views.mails import is_carried
from domain.alerting import is_over
from domain.delivery import DeliveryStatus


@dataclass(frozen=True, slots=True)
class CameIn:
    """Events of one shop with one outcome. `outcome` None: they are open."""

    source: str
    outcome: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """`mails` are by status; a mail that tells several licenses counts once."""

    events: Sequence[CameIn]
    licenses: int
    mails: dict[str, int]


@dataclass(frozen=True, slots=True)
class OwedMails:
    """The mails that wait, whenever they were owed; `oldest` None: no mail waits."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class StandingAlert:
    cause: str
    sentence: str
    since: datetime


def counts_since(session: Session, since: datetime) -> Counts:
    events = session.execute(
        select(EventRow.source, EventRow.outcome, func.count())
        .where(EventRow.received_at >= since)
        .group_by(EventRow.source, EventRow.outcome)
        .order_by(EventRow.source, func.count().desc(), func.coalesce(EventRow.outcome, ""))
    )
    minted = select(func.count()).select_from(LicenseRow).where(LicenseRow.created_at >= since)
    mails = session.execute(
        select(DeliveryRow.status, func.count())
        .where(DeliveryRow.created_at >= since, ~is_carried())
        .group_by(DeliveryRow.status)
    )
    return Counts(
        [CameIn(*row) for row in events],
        session.scalar(minted) or 0,
        {row.status: row[1] for row in mails},
    )


def standing_alerts(session: Session) -> list[StandingAlert]:
    """Return the alerts that were told and are not over, the oldest first.

    The closing note comes when all are over, so one may be over earlier. It is measured by the
    last look at all of them, because nobody looks while the API is away.
    """
    told = (AlertRow.told_at.is_not(None), AlertRow.closed_at.is_(None))
    found = select(AlertRow).where(*told).order_by(AlertRow.since, AlertRow.cause)
    looked = session.scalar(select(func.max(AlertRow.seen_at)))
    rows = [
        row for row in session.scalars(found) if not is_over(row.seen_at, looked or row.seen_at)
    ]
    return [StandingAlert(row.cause, row.sentence, row.since) for row in rows]


def owed_mails(session: Session) -> OwedMails:
    found = select(func.count(), func.min(DeliveryRow.created_at))
    pending = found.where(DeliveryRow.status == DeliveryStatus.PENDING, ~is_carried())
    return OwedMails(*session.execute(pending).one())
