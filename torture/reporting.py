"""Reports each mail to `/webhooks/postmark` as Postmark does: repeatedly and in any order."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import httpx

from fakes.postmark import Accepted
from torture.fates import BOUNCES, Fate, PlannedReport, draw_fate
from torture.traffic import OK

SECRET = "torture-reports-its-mails"  # noqa: S105 - of a stack that ends with the round
EARLY_SECONDS = 0.5
"""The sender's answer waits no longer for an early report."""
PAUSE = 0.3
"""Pause before a report is repeated. Postmark pauses for minutes."""
PATIENCE = 5.0


@dataclass(slots=True)
class Reporting:
    """Tells the webhook at `url` of each mail, until it answers 200.

    `fates` has the fate of each mail by its delivery. A second mail of a delivery has none.
    """

    http: httpx.AsyncClient
    url: str
    chance: Random
    fates: dict[int, Fate] = field(default_factory=dict)
    answered: int = 0
    _calls: set[asyncio.Task[None]] = field(default_factory=set)

    async def tell(self, mail: Accepted) -> None:
        """Plan the mail's reports; return once those have been tried that come before the answer.

        The mails draw in the order in which the provider takes them.
        """
        if int(mail.delivery) in self.fates:
            return
        fate, planned = draw_fate(self.chance)
        self.fates[int(mail.delivery)] = fate
        calls = {asyncio.create_task(self._report(mail, fate, each)): each for each in planned}
        self._calls.update(calls)
        if early := [call for call, each in calls.items() if each.after == 0]:
            await asyncio.wait(early, timeout=EARLY_SECONDS)

    @property
    def is_idle(self) -> bool:
        """Tell whether every report was answered."""
        return all(call.done() and call.exception() is None for call in self._calls)

    def stop(self) -> None:
        for call in self._calls:
            call.cancel()

    async def _report(self, mail: Accepted, fate: Fate, planned: PlannedReport) -> None:
        await asyncio.sleep(planned.after)
        content = report_body(mail, fate, planned.number)
        while not await self._is_taken(content):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(PAUSE)
        self.answered += 1

    async def _is_taken(self, content: bytes) -> bool:
        address, query = f"{self.url}/webhooks/postmark", {"secret": SECRET}
        try:
            answer = await self.http.post(address, params=query, content=content, timeout=PATIENCE)
        except httpx.TransportError:
            return False
        return answer.status_code == OK


def report_body(mail: Accepted, fate: Fate, number: int) -> bytes:
    """Return a report of the mail, the same at each repetition, in Postmark's words."""
    what, after = fate.reports[number]
    is_bounce = what in BOUNCES
    at = (mail.received_at + timedelta(seconds=after)).isoformat()
    same = {"MessageID": mail.message_id, "Metadata": mail.message["Metadata"]}
    if what == "Delivery":
        told = {"RecordType": what, "Recipient": mail.message["To"], "DeliveredAt": at}
    else:
        kind = {"RecordType": "Bounce", "Type": what} if is_bounce else {"RecordType": what}
        own = int(mail.delivery) * 10 + number
        told = {**kind, "ID": own, "Email": mail.message["To"], "BouncedAt": at}
    return json.dumps({**same, **told}).encode()
