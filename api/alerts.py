"""The loop that tells the operator of troubles. It needs neither Temporal nor a worker."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from sqlalchemy.exc import SQLAlchemyError

from api.alert_memory import AlertMemory
from api.alert_webhook import AlertWebhook
from api.sharing import Shared
from db.alerts import standing_causes, tell
from db.engine import Database
from domain.alerting import Judged, Pace, Standing, judge, merged
from domain.digest import Digest, DigestStatus
from domain.errors import DatabaseAwayError
from domain.findings import Finding
from kit.clock import Clock, utc_now
from kit.frames import unexpected_error
from operations.alerts.finding import Finder
from operations.alerts.wording import digest_of

logger = logging.getLogger(__name__)

Told = tuple[Judged, Digest | None]
Decide = Callable[[Sequence[Standing]], Told]

AWAY = (DatabaseAwayError, SQLAlchemyError, TimeoutError)


@dataclass(frozen=True, slots=True)
class AlertTimes:
    """`looks` is the pause between two looks, and `patience` limits each part of a look."""

    pace: Pace = field(default_factory=Pace)
    looks: timedelta = timedelta(seconds=30)
    patience: timedelta = timedelta(seconds=5)
    clock: Clock = utc_now


@dataclass(frozen=True, slots=True)
class AlertSetup:
    """`url` is a secret. None: the digests go by e-mail alone."""

    url: str | None = field(default=None, repr=False)
    times: AlertTimes = field(default_factory=AlertTimes)


def webhook_of(setup: AlertSetup) -> AlertWebhook | None:
    return None if setup.url is None else AlertWebhook(setup.url)


class AlertLoop:
    """Asks the finders, and tells the findings that are due.

    All APIs share the causes that stand, in the database. While it is away, `memory` holds them, so
    that this process tells each once.
    """

    def __init__(
        self,
        database: Database,
        finders: Sequence[Finder],
        memory: AlertMemory,
        webhook: AlertWebhook | None = None,
        times: AlertTimes | None = None,
    ) -> None:
        self.database = database
        # Shared, so that a part that hangs is asked once and takes one thread.
        self.finders = [Shared(finder) for finder in finders]
        self.memory = memory
        self.webhook = webhook
        self.times = times or AlertTimes()
        self.trouble: str | None = None
        self.writing: asyncio.Task[Told] | None = None

    async def run(self) -> None:
        """Look until canceled. A look that fails is told once in the log."""
        while True:
            await asyncio.sleep(self.times.looks.total_seconds())
            try:
                await self.look()
                self.trouble = None
            except Exception as error:  # noqa: BLE001 - one failed look must not be the last
                self._report(unexpected_error(error))

    async def look(self) -> None:
        found, now = await self.found(), self.times.clock()
        digest = await self._judged(found, now)
        if digest is not None:
            is_over = digest.status is DigestStatus.RESOLVED
            logger.log(logging.INFO if is_over else logging.WARNING, "alert: %s", digest.subject)
            if self.webhook is not None:
                self.webhook.put(digest)

    async def found(self) -> list[Finding]:
        """Return the findings of all finders. A finder that hangs or fails hides no other's."""
        each = await asyncio.gather(*map(self._found_by, self.finders))
        return list(chain.from_iterable(each))

    async def _found_by(self, finder: Shared[list[Finding]]) -> list[Finding]:
        try:
            return await asyncio.wait_for(finder(), self.times.patience.total_seconds())
        except AWAY:
            return []  # The troubles of /readyz tell it.
        except Exception as error:  # noqa: BLE001 - the others must be told all the same
            self._report(unexpected_error(error))
            return []

    async def _judged(self, found: Sequence[Finding], now: datetime) -> Digest | None:
        decide = partial(_decide, found=found, now=now, pace=self.times.pace)
        try:
            judged, digest = await self._shared(found, decide, now)
        except AWAY:
            judged, digest = decide(self.memory.standing)
            await self.memory.keep(judged.standing)
            return digest
        await self.memory.leave_to_database(judged.standing)
        return digest

    async def _shared(self, found: Sequence[Finding], decide: Decide, now: datetime) -> Told:
        """Judge in the database. A write that hangs is not repeated, for it holds a thread."""
        if self.writing is not None and not self.writing.done():
            raise TimeoutError
        self.writing = asyncio.create_task(self._written(found, decide, now))
        # If it fails after we stopped to wait, the next look tells it.
        self.writing.add_done_callback(lambda task: task.cancelled() or task.exception())
        patience = self.times.patience.total_seconds()
        return await asyncio.wait_for(asyncio.shield(self.writing), patience)

    async def _written(self, found: Sequence[Finding], decide: Decide, now: datetime) -> Told:
        own = self.memory.untold
        if not (found or own) and not await self.database.read(standing_causes):
            return Judged(()), None  # All is well, so nothing is written.
        return await self.database.write(tell, lambda known: decide(merged(known, own)), now)

    def _report(self, trouble: str) -> None:
        if trouble != self.trouble:
            logger.warning("a look for alerts failed: %s", trouble)
        self.trouble = trouble


def _decide(
    known: Sequence[Standing], *, found: Sequence[Finding], now: datetime, pace: Pace
) -> Told:
    judged = judge(known, found, now, pace)
    return judged, digest_of(judged, now)
