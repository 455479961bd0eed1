"""Sends digests to ALERT_WEBHOOK_URL. The address is a secret: no log and no sentence has it."""

import asyncio
import logging
from collections import deque
from datetime import timedelta

from domain.digest import Digest
from domain.findings import Finding, Level
from kit.loop import Pauses
from kit.post_json import PATIENCE, NotTaken, post_json
from operations.alerts.payload import body_for

logger = logging.getLogger(__name__)

MOST_WAITING = 10
"""Digests that wait for a receiver that is away. The oldest goes first, because it says least."""

TRY = "mintpost alerts test"
BACK_OFF = Pauses(shortest=timedelta(seconds=2), longest=timedelta(minutes=5))


class AlertWebhook:
    """A background task. `put` never waits, so a receiver that hangs delays nothing of ours."""

    def __init__(self, url: str, pauses: Pauses = BACK_OFF, patience: timedelta = PATIENCE) -> None:
        self.url = url
        self.pauses = pauses
        self.patience = patience
        self.waiting: deque[Digest] = deque(maxlen=MOST_WAITING)
        self.woken = asyncio.Event()
        self.trouble: str | None = None

    def put(self, digest: Digest) -> None:
        self.waiting.append(digest)
        self.woken.set()

    async def run(self) -> None:
        """Send until canceled, in order. After a failure, try again without end."""
        pauses = self.pauses.growing()
        while True:
            await self.woken.wait()
            self.woken.clear()
            while self.waiting:
                refused = await self.send(self.waiting[0])
                if refused is None:
                    pauses = self.pauses.growing()
                    continue
                wait = refused.retry_after or timedelta(seconds=next(pauses))
                await asyncio.sleep(wait.total_seconds())

    async def send(self, digest: Digest) -> NotTaken | None:
        """Send once. Return why the receiver did not take it."""
        refused = await post_json(self.url, body_for(self.url, digest), self.patience)
        if refused is None and digest in self.waiting:
            self.waiting.remove(digest)
        self._report(None if refused is None else refused.what)
        return refused

    def _report(self, trouble: str | None) -> None:
        if trouble is not None and self.trouble is None:
            logger.warning("%s; trying again", _sentence(trouble))
        if trouble is None and self.trouble is not None:
            logger.info("ALERT_WEBHOOK_URL: the receiver takes alerts again")
        self.trouble = trouble

    async def findings(self) -> list[Finding]:
        """Return a finding while the receiver takes no alert."""
        if self.trouble is None:
            return []
        sentence = f"{_sentence(self.trouble)}: `{TRY}` tries it"
        return [Finding("ALERT_WEBHOOK_URL", Level.WARNING, sentence, TRY, may_pass=True)]


def _sentence(trouble: str) -> str:
    return f"ALERT_WEBHOOK_URL: an alert could not be sent, because the receiver {trouble}"
