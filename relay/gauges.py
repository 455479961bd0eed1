"""The loop that measures the waiting events and the spool, so that no scrape asks the database."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from math import nan

from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database
from db.views.gauges import WaitingCounts, waiting_counts
from domain.errors import DatabaseAwayError
from domain.event import EventStatus
from kit.clock import Clock, utc_now
from kit.instruments import DATABASE_UP, OLDEST_OPEN, SPOOLED, WAITING
from relay.spool import Spool


@dataclass(frozen=True, slots=True)
class Gauges:
    """While the database is away, its numbers are not a number: an old one would look good."""

    database: Database
    spool: Spool
    every: timedelta = timedelta(seconds=15)
    patience: timedelta = timedelta(seconds=5)
    clock: Clock = utc_now

    async def run(self) -> None:
        while True:
            await self.measure()
            await asyncio.sleep(self.every.total_seconds())

    async def measure(self) -> None:
        counts = await self.counts()
        DATABASE_UP.show(counts is not None)
        for status in (EventStatus.OPEN, EventStatus.PARKED, EventStatus.FAILED):
            WAITING.show(nan if counts is None else getattr(counts, status), status)
        OLDEST_OPEN.show(nan if counts is None else self.age_of(counts))
        SPOOLED.show(await self.spooled())

    async def counts(self) -> WaitingCounts | None:
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                return await self.database.read(waiting_counts)
        except (DatabaseAwayError, SQLAlchemyError, TimeoutError):
            return None

    def age_of(self, counts: WaitingCounts) -> float:
        return 0 if counts.oldest is None else (self.clock() - counts.oldest).total_seconds()

    async def spooled(self) -> float:
        try:
            return len(await self.spool.run(self.spool.files))
        except OSError:
            return nan
