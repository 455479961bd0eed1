"""The finders of alerts: each looks at one part, by the database and by Temporal."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from temporalio.client import Client

from db.engine import Database
from db.views.bounces import lost_mails
from db.views.residue import Residue, unlicensed_orders, unmailed_licenses
from db.views.unsent import unsent_resends
from db.views.waiting import open_or_failed_events
from domain.findings import Finding
from kit.clock import Clock, utc_now
from operations.alerts.bounces import bounce_findings
from operations.alerts.residue import residue_findings
from operations.alerts.schedules import schedule_findings
from operations.alerts.together import together
from operations.alerts.waiting import RECENT, Ages, unsent_findings, waiting_findings

Finder = Callable[[], Awaitable[list[Finding]]]

SELDOM = timedelta(minutes=5)
"""The pause between two looks that read many rows or ask Temporal often."""


@dataclass(frozen=True, slots=True)
class SaleFinder:
    """Finds sales and mails that wait, failed or came back. `after` is the longest usual wait."""

    database: Database
    after: timedelta
    clock: Clock = utc_now

    async def waiting(self) -> list[Finding]:
        return waiting_findings(await self.database.read(open_or_failed_events), self._ages())

    async def unsent(self) -> list[Finding]:
        found = unsent_findings(await self.database.read(unsent_resends), self._ages())
        return together(found, "mintpost deliveries --status refused")

    async def returned(self) -> list[Finding]:
        found = bounce_findings(await self.database.read(lost_mails, self.clock()))
        return together(found, "mintpost deliveries --status bounced")

    async def residue(self) -> list[Finding]:
        """Return the residues of a defect. A run that just ends is none."""
        now = self.clock()
        found = await self.database.read(_residue, now - RECENT, now - self.after)
        return together(residue_findings(found), "mintpost status")

    def _ages(self) -> Ages:
        return Ages(self.clock(), self.after)


def _residue(session: Session, since: datetime, before: datetime) -> list[Residue]:
    return [
        *unlicensed_orders(session, since, before),
        *unmailed_licenses(session, since, before),
    ]


@dataclass(slots=True)
class Seldom:
    """Asks a finder once in `pause`, and repeats its last answer until then."""

    finder: Finder
    clock: Clock = utc_now
    pause: timedelta = SELDOM
    asked_at: datetime | None = None
    last: list[Finding] | None = None

    async def __call__(self) -> list[Finding]:
        now = self.clock()
        if self.last is None or self.asked_at is None or abs(now - self.asked_at) >= self.pause:
            self.last, self.asked_at = await self.finder(), now
        return self.last


def sale_finders(
    database: Database, client: Client, after: timedelta, clock: Clock = utc_now
) -> list[Finder]:
    async def schedules() -> list[Finding]:
        return await schedule_findings(client)

    sales = SaleFinder(database, after, clock)
    seldom = [Seldom(each, clock) for each in (sales.residue, schedules)]
    return [sales.waiting, sales.unsent, sales.returned, *seldom]
