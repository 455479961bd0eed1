"""Looks after rows whose workflow was started and that are open still.

Most of them wait for something, which Temporal knows and shows. But a run may have ended
without them: Temporal lost it, a person terminated it, or they joined it when it was failing.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from api.looking import unexpected
from db.clock import Clock, utc_now
from db.deliveries import refuse_delivery
from db.engine import Database
from db.events import StartedEvent, start_again, started_events
from db.orders import fail_order
from db.resends import StartedResend, mark_resend_dispatched, started_resends
from domain.errors import DatabaseAwayError
from domain.temporal_outages import is_namespace_missing

logger = logging.getLogger(__name__)

ENDED_BY_A_PERSON = {
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.CANCELED: "cancelled",
}

AWAY = (DatabaseAwayError, RPCError, RuntimeError, TimeoutError)
"""RuntimeError is how the SDK tells that it cannot connect."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Every `pause` it looks at the rows that were started at least that long ago."""

    database: Database
    client: Client
    pause: timedelta = timedelta(minutes=1)
    patience: timedelta = timedelta(seconds=4)
    clock: Clock = utc_now

    async def run(self) -> None:
        """Watch until cancelled; what is away is the dispatcher's to tell."""
        while True:
            await asyncio.sleep(self.pause.total_seconds())
            with suppress(*AWAY):
                await self.go_on_without(self.look(), "what is open")

    async def look(self) -> None:
        before = self.clock() - self.pause
        for event in await self.database.read(started_events, before):
            await self.go_on_without(self.look_at(event), event.workflow_id)
        for resend in await self.database.read(started_resends, before):
            await self.go_on_without(self.look_at_resend(resend), resend.workflow_id)

    async def go_on_without(self, looking: Awaitable[None], what: str) -> None:
        """Let no row keep the others from being looked at, unless something is away."""
        try:
            await looking
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it must look at the next
            logger.warning("%s cannot be looked after: %s", what, unexpected(error))

    async def look_at(self, event: StartedEvent) -> None:
        status = await self.status_of(event.workflow_id)
        if status is WorkflowExecutionStatus.RUNNING:
            return
        if status in ENDED_BY_A_PERSON:
            sentence = f"a person {ENDED_BY_A_PERSON[status]} its workflow: reset that to go on"
            await self.database.run(fail_order, event.id, sentence, self.clock())
            return
        # It may have been settled since the rows were listed.
        if await self.database.run(start_again, event.id):
            logger.warning("%s ended without ping %d: started again", event.workflow_id, event.id)

    async def look_at_resend(self, resend: StartedResend) -> None:
        status = await self.status_of(resend.workflow_id)
        if status is WorkflowExecutionStatus.RUNNING:
            return
        if status in ENDED_BY_A_PERSON:
            words = f"a person {ENDED_BY_A_PERSON[status]} its workflow: ask for it once more"
            await self.database.run(refuse_delivery, resend.delivery_id, words)
            return
        logger.warning("%s ended without its mail: starting it again", resend.workflow_id)
        await self.database.run(mark_resend_dispatched, resend.id, None)

    async def status_of(self, workflow_id: str) -> WorkflowExecutionStatus | None:
        """Return the status of the latest run; None where Temporal knows none."""
        handle = self.client.get_workflow_handle(workflow_id)
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                return (await handle.describe(rpc_timeout=self.patience)).status
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND and not is_namespace_missing(error):
                return None
            raise
