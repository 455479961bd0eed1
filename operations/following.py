"""Follow woken workflows until each has a result, or a deadline is over."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic

from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus

from db.engine import Database
from db.views.lists import EventLine, Filters, list_events
from kit.runs import SCHEDULED, START_A_WORKER, RunPausedError, describe
from operations.waking import RPC_PATIENCE, Woken, but, hindrance, pending_steps, wake

LOOK = timedelta(milliseconds=100)
TAKEN_WITHIN = timedelta(seconds=3)
"""A running worker takes a woken step at once."""

EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class Retried:
    """The result of a workflow. `steps` were woken; `known`: Temporal has the workflow."""

    workflow_id: str
    steps: tuple[str, ...]
    sentence: str
    known: bool


@dataclass(frozen=True, slots=True)
class Following:
    """Look at the workflows in parallel until the deadline, `at_once` at a time."""

    client: Client
    database: Database
    patience: timedelta
    deadline: float
    at_once: asyncio.Semaphore

    async def follow(self, woken: Woken) -> Retried:
        """Wait for the outcome of the order. A step that fails again leaves the order parked."""
        while (sentence := woken.sentence) is None:
            async with self.at_once:
                late = monotonic() > self.deadline
                woken = await self._look(woken)
                if late and woken.sentence is None:
                    woken = replace(woken, sentence=await self.still_open(woken))
            await asyncio.sleep(LOOK.total_seconds())
        return Retried(woken.workflow_id, woken.steps, sentence, woken.known)

    async def _look(self, woken: Woken) -> Woken:
        if not woken.steps:
            return await wake(self.client, woken.workflow_id)
        return replace(woken, sentence=await self._outcome(woken))

    async def _outcome(self, woken: Woken) -> str | None:
        rows = await _rows_of(self.database, woken.workflow_id)
        settled = bool(rows) and all(row.outcome is not None for row in rows)
        return str(rows[-1].outcome) if settled else None

    async def still_open(self, woken: Woken) -> str:
        """Say why a workflow has no outcome at the deadline."""
        try:
            found = await describe(self.client, woken.workflow_id, RPC_PATIENCE)
        except RunPausedError as paused:
            return but(woken.steps, str(paused))
        if found is None or found.status is not WorkflowExecutionStatus.RUNNING:
            # The workflow ended after the rows were read.
            return await self._outcome(woken) or "has ended"
        hindered = await hindrance(self.client, found)
        if hindered is not None:
            return but(woken.steps, hindered)
        if not woken.steps:
            return "is under way, and waits for nothing"
        return f"{', '.join(woken.steps)} woken, and {await self._waits_for(woken, found)}"

    async def _waits_for(self, woken: Woken, found: WorkflowExecutionDescription) -> str:
        pending = {step.activity_id: step.last_failure.message for step in pending_steps(found)}
        if not pending.keys() & set(woken.steps):
            # The woken step succeeded, and the rows still hold its last error.
            step, sentence = next(iter(pending.items()), ("", ""))
            went_through = "went through; the rest is under way"
            return f"{step} waits: {sentence}" if sentence else went_through
        if self.patience > TAKEN_WITHIN and any(map(_is_untaken, pending_steps(found))):
            return f"no worker took it since; is one running? {START_A_WORKER}"
        rows = await _rows_of(self.database, woken.workflow_id)
        sentence = next((row.error for row in rows if row.error is not None), "")
        return f"waits again: {sentence}" if sentence else "is under way"


def _is_untaken(step: PendingActivityInfo) -> bool:
    return step.state == SCHEDULED and step.attempt <= 1


async def _rows_of(database: Database, workflow_id: str) -> list[EventLine]:
    filters = Filters(workflow_id=workflow_id, limit=EVERYTHING)
    return await database.read(list_events, filters)
