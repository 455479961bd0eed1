"""An alert loop whose findings and clock a test sets, and its receiver."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from api.alert_memory import AlertMemory
from api.alert_webhook import AlertWebhook
from api.alerts import AlertLoop, AlertTimes
from db.engine import Database
from domain.findings import Finding, Level
from kit.loop import Pauses
from tests.db.rows import NOON
from tests.support.alert_receiver import Receiver

MINUTE = timedelta(minutes=1)
QUICK = Pauses(shortest=timedelta(milliseconds=5), longest=timedelta(milliseconds=20))
WORKER = Finding("worker", Level.BROKEN, "worker: nobody polls", "python worker.py", may_pass=True)
REFUSED = Finding("refused:gumroad", Level.WARNING, "gumroad: 1 call refused")
FAILED = Finding("failed:gumroad:1", Level.BROKEN, "gumroad: one failed", happened=True)


@dataclass(slots=True)
class Alerting:
    """A process that finds `found` at the time `now`."""

    loop: AlertLoop
    webhook: AlertWebhook
    found: list[Finding] = field(default_factory=list)
    now: datetime = NOON

    async def look(self, *found: Finding, after: timedelta = timedelta(0)) -> None:
        self.now += after
        self.found[:] = found
        await self.loop.look()

    async def stand(self, *found: Finding, span: timedelta) -> None:
        """Look each minute, because a cause that nobody sees is over."""
        for _ in range(span // MINUTE):
            await self.look(*found, after=MINUTE)


@asynccontextmanager
async def alerting(
    database: Database, receiver: Receiver, folder: Path, times: AlertTimes | None = None
) -> AsyncIterator[Alerting]:
    webhook = AlertWebhook(receiver.url, QUICK)
    started: list[Alerting] = []

    async def found() -> list[Finding]:
        return list(started[0].found)

    clocked = replace(times or AlertTimes(), clock=lambda: started[0].now)
    loop = AlertLoop(database, [found], AlertMemory(folder / "alerts.json"), webhook, clocked)
    started.append(Alerting(loop, webhook))
    sending = asyncio.create_task(webhook.run())
    yield started[0]
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
