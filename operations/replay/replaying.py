"""Replays failed runs, and follows each until it has an outcome."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from temporalio.client import Client, WorkflowExecutionStatus

from db.engine import Database
from db.replaying import reopen_run, run_record
from domain.advice import advised
from domain.event import Outcome
from kit.clock import utc_now
from kit.runs import START_A_WORKER, RunPausedError, describe
from operations.replay.plans import Plan, Way
from operations.replay.resetting import reset_run
from operations.waking import RPC_PATIENCE

LOOK = timedelta(milliseconds=100)
LOOKS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a replay. `outcome` None: it has none yet."""

    workflow_id: str
    does: Way
    outcome: str | None
    sentence: str

    @property
    def went_well(self) -> bool:
        return self.outcome is not None and self.outcome != Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Replay:
    """`asked_by` names the person in the history of the new run."""

    client: Client
    database: Database
    asked_by: str

    async def do(self, plans: Iterable[Plan], patience: timedelta) -> list[Replayed]:
        """Replay the runs, and return the result of each within `patience`."""
        begun = [(plan, await self.begin(plan)) for plan in plans]
        # The time begins after the last has begun, so that each run has the whole time.
        deadline = monotonic() + patience.total_seconds()
        at_once = asyncio.Semaphore(LOOKS_AT_ONCE)
        following = (self.follow(plan, why, deadline, at_once) for plan, why in begun)
        return list(await asyncio.gather(*following))

    async def begin(self, plan: Plan) -> str | None:
        """Reopen the rows, and reset the run; return why nothing was done, or None.

        The rows first: if this process dies in between, the watcher brings them to an outcome.
        """
        if plan.way is Way.NONE or plan.record is None:
            return plan.sentence
        started_at = utc_now() if plan.way is Way.RESET else None
        reopened = await self.database.write(reopen_run, plan.record, started_at)
        if not reopened and plan.record.is_failed:
            return f"was replayed by someone else just now; {advised('show', plan.workflow_id)}"
        if plan.way is Way.RESET:
            reason = f"mintpost replay by {self.asked_by}"
            await reset_run(self.client, plan.workflow_id, plan.run_id, plan.task, reason)
        return None

    async def follow(
        self, plan: Plan, why: str | None, deadline: float, at_once: asyncio.Semaphore
    ) -> Replayed:
        if why is not None:
            return Replayed(plan.workflow_id, Way.NONE, None, why)
        while True:
            async with at_once:
                late = monotonic() > deadline
                found = await self.result(plan)
            if found is not None:
                return found
            if late:
                return Replayed(plan.workflow_id, plan.way, None, await self.still_open(plan))
            await asyncio.sleep(LOOK.total_seconds())

    async def result(self, plan: Plan) -> Replayed | None:
        """Return the result of a run that has ended with an outcome, or None."""
        record = await self.database.read(run_record, plan.workflow_id)
        if record is None or record.outcome is None:
            return None
        if plan.way is Way.RESET and await self.runs(plan):
            return None
        failed = record.is_failed
        sentence = f"failed again: {record.sentence}" if failed else record.outcome
        return Replayed(plan.workflow_id, plan.way, record.outcome, sentence)

    async def runs(self, plan: Plan) -> bool:
        """Tell whether the new run is under way. A run of rows that stay closed is only here."""
        try:
            found = await describe(self.client, plan.workflow_id, RPC_PATIENCE)
        except RunPausedError:
            return True
        return found is not None and found.status is WorkflowExecutionStatus.RUNNING

    async def still_open(self, plan: Plan) -> str:
        record = await self.database.read(run_record, plan.workflow_id)
        if record is not None and not record.is_started:
            return "waits for the API, which starts it; is it running?"
        if record is not None and record.sentence is not None:
            return f"waits: {record.sentence}"
        return f"is under way; is a worker running? {START_A_WORKER}"
