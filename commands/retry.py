"""`mintpost retry`: wakes parked sales now, instead of at their next try."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from rich.text import Text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflowservice.v1 import ResetActivityRequest
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from commands.problems import CommandError
from commands.tables import console
from db.engine import Database
from db.listing import EventLine, Filters, list_events
from domain.temporal_outages import is_namespace_missing, temporal_trouble

LOOK = timedelta(milliseconds=100)
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
        raise CommandError(temporal_trouble(error).sentence) from None


async def _connect(config: ClientConnectConfig) -> Client:
    try:
        return await Client.connect(**config)
    except RuntimeError as error:
        if (trouble := temporal_trouble(error)).refused:
            raise CommandError(trouble.sentence) from None
        raise CommandError("Temporal cannot be reached: is TEMPORAL_ADDRESS right?") from None


def print_woken(woken: Sequence[Woken]) -> None:
    for each in woken:
        console().print(Text(f"{each.workflow_id}  {each.sentence}"), soft_wrap=True)
    if not woken:
        console().print("no sale is parked", style="dim")
    if any(each.sentence == UNKNOWN for each in woken):
        raise CommandError("`mintpost events` lists what is known")


async def parked_workflows(database: Database, where: str | None) -> list[str]:
    """Return the workflows of parked pings whose sentence contains `where`, oldest first."""
    parked = await database.read(list_events, Filters(status="parked", limit=EVERYTHING))
    ids = [event.workflow_id for event in reversed(parked) if (where or "") in (event.error or "")]
    return list(dict.fromkeys(each for each in ids if each is not None))


async def retry(
    client: Client, database: Database, workflow_ids: Iterable[str], patience: timedelta
) -> list[Woken]:
    """Reset the pending activity of each, then tell what happened within `patience`."""
    deadline = monotonic() + patience.total_seconds()
    woken = [await _wake(client, workflow_id, deadline) for workflow_id in workflow_ids]
    return [await _what_came(database, each, deadline) for each in woken]


async def _wake(client: Client, workflow_id: str, deadline: float) -> Woken:
    """Wake the steps that wait. One that is about to is waited for: its row tells it first."""
    handle = client.get_workflow_handle(workflow_id)
    while True:
        try:
            found = await handle.describe(rpc_timeout=RPC_PATIENCE)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND or is_namespace_missing(error):
                raise
            return Woken(workflow_id, (), UNKNOWN)
        if found.status is not WorkflowExecutionStatus.RUNNING:
            status = "ended" if found.status is None else found.status.name.lower()
            return Woken(workflow_id, (), f"does not wait: it is {status}")
        if steps := _waiting_steps(found):
            await _reset(client, found, steps)
            return Woken(workflow_id, steps, "")
        if monotonic() > deadline:
            return Woken(workflow_id, (), "is under way, and waits for nothing")
        await asyncio.sleep(LOOK.total_seconds())


def _waiting_steps(found: WorkflowExecutionDescription) -> tuple[str, ...]:
    pending = found.raw_description.pending_activities
    return tuple(each.activity_id for each in pending if each.state == SCHEDULED)


async def _reset(client: Client, found: WorkflowExecutionDescription, steps: Iterable[str]) -> None:
    for step in steps:
        await client.workflow_service.reset_activity(
            ResetActivityRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=found.id, run_id=found.run_id),
                id=step,
            ),
            timeout=RPC_PATIENCE,
        )


async def _what_came(database: Database, woken: Woken, deadline: float) -> Woken:
    """Wait until the order has an outcome; a step that failed again leaves it parked."""
    while woken.steps:
        rows = await _rows_of(database, woken.workflow_id)
        if rows and all(row.outcome is not None for row in rows):
            return Woken(woken.workflow_id, woken.steps, str(rows[-1].outcome))
        if monotonic() > deadline:
            sentence = next((row.error for row in rows if row.error is not None), None)
            steps = ", ".join(woken.steps)
            return Woken(woken.workflow_id, woken.steps, _again(steps, sentence))
        await asyncio.sleep(LOOK.total_seconds())
    return woken


def _again(steps: str, sentence: str | None) -> str:
    return f"{steps} woken, and waits again: {sentence}" if sentence else f"{steps} woken"


async def _rows_of(database: Database, workflow_id: str) -> list[EventLine]:
    filters = Filters(workflow_id=workflow_id, limit=EVERYTHING)
    return await database.read(list_events, filters)
