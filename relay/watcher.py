"""The watcher of open events whose workflow has started.

Most of these events wait, and Temporal shows the reason. But a run may have ended without
settling its event: Temporal lost the run, a person terminated the run, or the event joined a
failing run.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError

from db.deliveries import refuse_delivery, tell_delivery
from db.dispatching import StartedEvent, start_again, started_events, tell_event
from db.engine import Database
from db.orders import fail_order
from db.reopening import reopen_overdue
from db.resend_runs import StartedResend, mark_resends_dispatched, started_resends
from domain.advice import advised
from domain.errors import DatabaseAwayError
from domain.event import Outcome
from domain.findings import Finding, Level
from domain.identifiers import order_of_workflow
from kit.clock import Clock, utc_now
from kit.frames import unexpected_error
from kit.log_context import about
from kit.runs import (
    STUCK,
    UNTIL_A_PERSON,
    RunPausedError,
    describe,
    paused_step_sentence,
    stuck_sentence,
)
from reading.settling import count_settled

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=5)
"""The delay after which a fact with a later effect is applied without its run's timer."""

ENDED_BY_A_PERSON = {
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.CANCELED: "canceled",
}

SHOW_STUCK = "mintpost events --status parked"

AWAY = (DatabaseAwayError, RPCError, RuntimeError, TimeoutError)
"""The SDK raises RuntimeError when it cannot connect."""


@dataclass(frozen=True, slots=True)
class RunState:
    """The state of a run.

    `stuck` tells why its tasks fail, and `paused` what a person paused. `waits` is its pending
    step's error.
    """

    stuck: str | None = None
    paused: str | None = None
    waits: str | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    """Checks, every `pause`, the open events and resends that started at least `pause` ago.

    `seen` holds the state of each running workflow, by workflow id.
    """

    database: Database
    client: Client
    pause: timedelta = timedelta(minutes=1)
    patience: timedelta = timedelta(seconds=4)
    clock: Clock = utc_now
    seen: dict[str, RunState] = field(default_factory=dict)

    async def findings(self) -> list[Finding]:
        """Return a finding with the number of stuck runs. The finding names no run."""
        stuck = sum(run.stuck is not None for run in self.seen.values())
        if stuck == 0:
            return []
        where = f"`{SHOW_STUCK}` or `mintpost deliveries --status pending`"
        sentence = f"{stuck} of the workflows cannot go on, as their tasks fail: see {where}"
        return [Finding("stuck", Level.BROKEN, sentence, SHOW_STUCK, count=stuck, may_pass=True)]

    async def run(self) -> None:
        """Watch until canceled. An outage is not reported, because the dispatcher reports it."""
        while True:
            await asyncio.sleep(self.pause.total_seconds())
            with suppress(*AWAY):
                await self.guard(self.check_all(), "what is open")

    async def check_all(self) -> None:
        before = self.clock() - self.pause
        await self.database.write(reopen_overdue, before - LATE)
        events = await self.database.read(started_events, before)
        resends = await self.database.read(started_resends, before)
        open_runs = {event.workflow_id for event in events}
        open_runs |= {resend.workflow_id for resend in resends}
        for done in self.seen.keys() - open_runs:
            del self.seen[done]
        for event in events:
            order = order_of_workflow(event.workflow_id)
            with about(event=event.id, order=order, workflow=event.workflow_id):
                await self.guard(self.check_event(event), event.workflow_id)
        for resend in resends:
            with about(order=resend.order, workflow=resend.workflow_id):
                await self.guard(self.check_resend(resend), resend.workflow_id)

    async def guard(self, check: Awaitable[None], what: str) -> None:
        """Log an error, so that the next row is checked. Raise the error if a server is away."""
        try:
            await check
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - one row must not stop the next
            logger.warning("%s cannot be looked after: %s", what, unexpected_error(error))

    async def check_event(self, event: StartedEvent) -> None:
        status = await self.status_of(event.workflow_id)
        if status is WorkflowExecutionStatus.RUNNING:
            await self.tell(event)
            return
        if status in ENDED_BY_A_PERSON:
            ended = f"a person {ENDED_BY_A_PERSON[status]} its workflow in Temporal"
            sentence = f"{ended}; to go on: {advised('replay', event.workflow_id)}"
            failed = await self.database.write(fail_order, event.id, sentence, self.clock())
            count_settled(Outcome.FAILED, failed)
            return
        # Another process may have settled the event since the query.
        if await self.database.write(start_again, event.id):
            logger.warning("%s ended without event %d: started again", event.workflow_id, event.id)

    async def tell(self, event: StartedEvent) -> None:
        """Write to the event what keeps its run, or, once it goes on, why its step waits."""
        run = self.seen.get(event.workflow_id)
        if run is None:
            return
        kept = run.stuck or run.paused
        if kept is not None and kept != event.error:
            logger.warning("%s: %s", event.workflow_id, kept)
            await self.database.write(tell_event, event, kept)
        elif kept is None and _tells_of_a_kept_run(event.error or ""):
            await self.database.write(tell_event, event, run.waits)

    async def check_resend(self, resend: StartedResend) -> None:
        status = await self.status_of(resend.workflow_id)
        if status is WorkflowExecutionStatus.RUNNING:
            run = self.seen.get(resend.workflow_id)
            if run is not None and run.stuck is not None:
                await self.database.write(tell_delivery, resend.delivery_id, run.stuck)
            return
        if status in ENDED_BY_A_PERSON:
            ended = f"a person {ENDED_BY_A_PERSON[status]} its workflow in Temporal"
            words = f"{ended}; to ask for it once more: {advised('resend', resend.order)}"
            await self.database.write(refuse_delivery, resend.delivery_id, words)
            return
        logger.warning("%s ended without its mail: starting it again", resend.workflow_id)
        await self.database.write(mark_resends_dispatched, [resend.id], None)

    async def status_of(self, workflow_id: str) -> WorkflowExecutionStatus | None:
        """Return the status of the latest run; None if Temporal has no run with this id."""
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                found = await describe(self.client, workflow_id, self.patience)
                if found is None:
                    return None
                self.seen[workflow_id] = await self.state_of(found)
        except RunPausedError as paused:
            self.seen[workflow_id] = RunState(paused=str(paused))
            return WorkflowExecutionStatus.RUNNING
        return found.status

    async def state_of(self, found: WorkflowExecutionDescription) -> RunState:
        pending = found.raw_description.pending_activities
        waits = next((step.last_failure.message for step in pending), None)
        stuck = await stuck_sentence(self.client, found, self.patience)
        return RunState(stuck, paused_step_sentence(found), waits or None)


def _tells_of_a_kept_run(sentence: str) -> bool:
    return sentence.startswith(STUCK) or UNTIL_A_PERSON in sentence
