"""`mintpost retry`: wakes parked sales now, instead of at their next try."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic

from rich.text import Text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import ResetActivityRequest
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from commands.tables import console
from db.engine import Database
from db.views.lists import EventLine, Filters, list_events
from domain.event import EventStatus
from kit.refusals import RefusedError
from kit.runs import (
    START_A_WORKER,
    RunPausedError,
    describe,
    is_paused,
    paused_sentence,
    trouble,
)
from kit.temporal_outages import temporal_trouble

LOOK = timedelta(milliseconds=100)
LOOKS_AT_ONCE = 8
TAKEN_WITHIN = timedelta(seconds=3)
"""A worker that lives takes a step that was woken at once."""

RPC_PATIENCE = timedelta(seconds=5)
EVERYTHING = 1_000_000
UNKNOWN = "Temporal does not know it"
SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED


@dataclass(frozen=True, slots=True)
class Woken:
    """What came of one workflow. `steps` are those that were pending."""

    workflow_id: str
    steps: tuple[str, ...]
    sentence: str


async def run_retry(
    config: ClientConnectConfig,
    database: Database,
    orders: Iterable[str] | None,
    where: str | None,
    patience: float,
) -> list[Woken]:
    """Wake the orders named, else every parked one whose sentence contains `where`."""
    client = await _connect(config)
    workflow_ids = list(orders or ()) or await parked_workflows(database, where)
    try:
        return await retry(client, database, workflow_ids, timedelta(seconds=patience))
    except RPCError as error:
        raise RefusedError(temporal_trouble(error).sentence) from None


async def _connect(config: ClientConnectConfig) -> Client:
    try:
        return await Client.connect(**config)
    except RuntimeError as error:
        if (trouble := temporal_trouble(error)).refused:
            raise RefusedError(trouble.sentence) from None
        raise RefusedError("Temporal cannot be reached: is TEMPORAL_ADDRESS right?") from None


def print_woken(woken: Sequence[Woken]) -> None:
    for each in woken:
        console().print(Text(f"{each.workflow_id}  {each.sentence}"), soft_wrap=True)
    if not woken:
        console().print("no sale is parked", style="dim")
    if any(each.sentence == UNKNOWN for each in woken):
        raise RefusedError("`mintpost events` lists what is known")


async def parked_workflows(database: Database, where: str | None) -> list[str]:
    """Return the workflows of parked events whose sentence contains `where`, oldest first."""
    parked = await database.read(list_events, Filters(status=EventStatus.PARKED, limit=EVERYTHING))
    ids = [event.workflow_id for event in reversed(parked) if (where or "") in (event.error or "")]
    return list(dict.fromkeys(each for each in ids if each is not None))


async def retry(
    client: Client, database: Database, workflow_ids: Iterable[str], patience: timedelta
) -> list[Woken]:
    """Reset the pending activity of each, then tell what happened within `patience`."""
    woken = [await _wake(client, workflow_id) for workflow_id in workflow_ids]
    # Nothing is waited for before all are woken, so that each has the whole time.
    deadline = monotonic() + patience.total_seconds()
    at_once = asyncio.Semaphore(LOOKS_AT_ONCE)
    following = Following(client, database, patience, deadline, at_once)
    return list(await asyncio.gather(*(following.follow(each) for each in woken)))


async def _wake(client: Client, workflow_id: str) -> Woken:
    """Wake the steps that wait. Where none does it is under way, and nothing is decided."""
    try:
        found = await describe(client, workflow_id, RPC_PATIENCE)
    except RunPausedError as paused:
        return Woken(workflow_id, (), str(paused))
    if found is None:
        return Woken(workflow_id, (), UNKNOWN)
    if found.status is not WorkflowExecutionStatus.RUNNING:
        status = "ended" if found.status is None else found.status.name.lower()
        return Woken(workflow_id, (), f"does not wait: it is {status}")
    steps = tuple(each.activity_id for each in _pending(found) if each.state == SCHEDULED)
    await _reset(client, found, steps)
    hindered = await _hindrance(client, found)
    return Woken(workflow_id, steps, "" if hindered is None else _but(steps, hindered))


async def _hindrance(client: Client, found: WorkflowExecutionDescription) -> str | None:
    return _paused(found) or await trouble(client, found, RPC_PATIENCE)


def _but(steps: Sequence[str], hindered: str) -> str:
    return f"{', '.join(steps)} woken, but {hindered}" if steps else hindered


def _pending(found: WorkflowExecutionDescription) -> Sequence[PendingActivityInfo]:
    return found.raw_description.pending_activities


def _paused(found: WorkflowExecutionDescription) -> str | None:
    paused = [step.activity_id for step in _pending(found) if is_paused(step)]
    return f"{paused[0]} is {paused_sentence(found.id, paused[0])}" if paused else None


def _is_untaken(step: PendingActivityInfo) -> bool:
    return step.state == SCHEDULED and step.attempt <= 1


async def _reset(client: Client, found: WorkflowExecutionDescription, steps: Iterable[str]) -> None:
    for step in steps:
        request = ResetActivityRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=found.id, run_id=found.run_id),
            id=step,
        )
        try:
            await client.workflow_service.reset_activity(request, timeout=RPC_PATIENCE)
        except RPCError as error:
            # It may have gone through since.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


@dataclass(frozen=True, slots=True)
class Following:
    """Looks at the workflows side by side until the deadline, `at_once` at a time."""

    client: Client
    database: Database
    patience: timedelta
    deadline: float
    at_once: asyncio.Semaphore

    async def follow(self, woken: Woken) -> Woken:
        """Wait until the order has an outcome; a step that failed again leaves it parked."""
        while not woken.sentence:
            async with self.at_once:
                late = monotonic() > self.deadline
                woken = await self.look(woken)
                if late and not woken.sentence:
                    return replace(woken, sentence=await self.still_open(woken))
            await asyncio.sleep(LOOK.total_seconds())
        return woken

    async def look(self, woken: Woken) -> Woken:
        if not woken.steps:
            return await _wake(self.client, woken.workflow_id)
        return replace(woken, sentence=await self.outcome(woken) or "")

    async def outcome(self, woken: Woken) -> str | None:
        rows = await _rows_of(self.database, woken.workflow_id)
        settled = bool(rows) and all(row.outcome is not None for row in rows)
        return str(rows[-1].outcome) if settled else None

    async def still_open(self, woken: Woken) -> str:
        try:
            found = await describe(self.client, woken.workflow_id, RPC_PATIENCE)
        except RunPausedError as paused:
            return _but(woken.steps, str(paused))
        if found is None or found.status is not WorkflowExecutionStatus.RUNNING:
            # It ended since the rows were read.
            return await self.outcome(woken) or "has ended"
        hindered = await _hindrance(self.client, found)
        if hindered is not None:
            return _but(woken.steps, hindered)
        if not woken.steps:
            return "is under way, and waits for nothing"
        return f"{', '.join(woken.steps)} woken, and {await self.waits_for(woken, found)}"

    async def waits_for(self, woken: Woken, found: WorkflowExecutionDescription) -> str:
        pending = {step.activity_id: step.last_failure.message for step in _pending(found)}
        if not pending.keys() & set(woken.steps):
            # The step that was woken went through, and the rows still have its sentence.
            step, sentence = next(iter(pending.items()), ("", ""))
            return (
                f"{step} waits: {sentence}" if sentence else "went through; the rest is under way"
            )
        if self.patience > TAKEN_WITHIN and any(map(_is_untaken, _pending(found))):
            return f"no worker took it since; is one running? {START_A_WORKER}"
        rows = await _rows_of(self.database, woken.workflow_id)
        sentence = next((row.error for row in rows if row.error is not None), "")
        return f"waits again: {sentence}" if sentence else "is under way"


async def _rows_of(database: Database, workflow_id: str) -> list[EventLine]:
    filters = Filters(workflow_id=workflow_id, limit=EVERYTHING)
    return await database.read(list_events, filters)
