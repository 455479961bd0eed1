"""Finds the events that wait or failed, the counts of a day, and the command to begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.engine import Database
from db.views.bounces import lost_mails
from db.views.last_day import (
    Counts,
    OwedMails,
    StandingAlert,
    counts_since,
    owed_mails,
    standing_alerts,
)
from db.views.waiting import open_or_failed_events
from domain.advice import CHECK_ALL, command
from domain.delivery import UNDELIVERED
from domain.event import EventStatus
from domain.findings import Finding, kind_of
from domain.grouping import WaitingGroup, grouped
from operations.alerts.bounces import bounce_findings
from operations.alerts.waiting import FURTHER
from operations.remedies import remedy_of
from relay.spool import SET_ASIDE, Spool

DAY = timedelta(days=1)
ON_ITS_WAY = timedelta(minutes=1)
"""A younger event without a sentence is on its way, and needs nobody."""
SHOWN = {EventStatus.OPEN, EventStatus.PARKED, EventStatus.FAILED, *UNDELIVERED, FURTHER}
"""The kinds of causes that have groups or lines of their own."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """The requests in the spool of this machine; None where it cannot be read."""

    waiting: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Status:
    at: datetime
    since: datetime
    waiting: Sequence[WaitingGroup]
    failed: Sequence[WaitingGroup]
    owed: OwedMails
    came: Counts
    spool: Spooled | None
    alerts: Sequence[StandingAlert]
    undelivered: Sequence[Finding]

    @property
    def next(self) -> str | None:
        """Return the whole command to begin with; None if nothing needs a person."""
        needing = [group for group in self.waiting if self._needs_a_person(group)]
        for group in (*needing, *self.failed):
            return remedy_of(group)
        for mail in self.undelivered:
            return mail.remedy
        if self.mails_wait:
            return command("deliveries", options=["--status pending"])
        return CHECK_ALL if self.spool not in {None, Spooled(0, 0)} or self.alerts else None

    @property
    def mails_wait(self) -> bool:
        """Tell whether a mail waits for longer than a mail takes."""
        return self.owed.oldest is not None and self.at - self.owed.oldest >= ON_ITS_WAY

    def _needs_a_person(self, group: WaitingGroup) -> bool:
        return group.status is EventStatus.PARKED or self.at - group.oldest >= ON_ITS_WAY


def status(database: Database, spool: Spool, now: datetime) -> Status:
    """Ask the database and the spool. Raises DatabaseAwayError."""
    since = now - DAY
    groups = grouped(database.read_here(open_or_failed_events))
    return Status(
        at=now,
        since=since,
        waiting=[each for each in groups if each.status is not EventStatus.FAILED],
        failed=[each for each in groups if each.status is EventStatus.FAILED],
        owed=database.read_here(owed_mails),
        came=database.read_here(counts_since, since),
        spool=_spooled(spool),
        alerts=[each for each in database.read_here(standing_alerts) if not _is_shown(each)],
        undelivered=bounce_findings(database.read_here(lost_mails, now)),
    )


def _is_shown(alert: StandingAlert) -> bool:
    """Tell whether the alert is about sales or mails that the status shows by itself."""
    return kind_of(alert.cause) in SHOWN


def _spooled(spool: Spool) -> Spooled | None:
    try:
        return Spooled(len(spool.files()), len(spool.files(SET_ASIDE)))
    except OSError:
        return None
