"""Decides for each run how a replay would go on, and why some runs are left alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from temporalio.client import Client, WorkflowExecutionStatus

from db.engine import Database
from db.replaying import RunRecord, failed_runs, run_record
from domain.advice import advised
from domain.event import DELIVERED
from domain.identifiers import RESEND_MARK
from kit.runs import RunPausedError, describe
from operations.replay.resetting import first_completed_task
from operations.waking import RPC_PATIENCE


class Way(StrEnum):
    """The way in which a run goes on."""

    RESET = "reset"  #: Temporal resets the latest run to its first task.
    START = "start"  #: The relay starts a run, because Temporal has none to reset.
    NONE = "none"  #: The run is left alone.


@dataclass(frozen=True, slots=True)
class Plan:
    """`sentence` tells what would be done, or why nothing is.

    A reset begins at the event `task` of the run `run_id`.
    """

    workflow_id: str
    way: Way
    sentence: str
    record: RunRecord | None = None
    run_id: str = ""
    task: int = 0


async def plan_named(
    client: Client, database: Database, names: Iterable[str], *, settled: bool
) -> list[Plan]:
    """Plan the runs that a person names by order or by workflow id. `settled`: also those done."""
    plans: list[Plan] = []
    for name in dict.fromkeys(names):
        record = await database.read(run_record, name)
        if record is None:
            look = advised("find", name.partition(":")[2])
            plans.append(_refused(name, f"no event has this name; to look for it: {look}"))
        else:
            plans.append(await _plan(client, record, settled=settled))
    return plans


async def plan_failed(client: Client, database: Database, where: str | None) -> list[Plan]:
    """Plan every failed run with `where` in its sentence, oldest first."""
    failed = await database.read(failed_runs)
    named = [each for each in failed if (where or "") in (each.sentence or "")]
    return [await _plan(client, each, settled=False) for each in named]


async def _plan(client: Client, record: RunRecord, *, settled: bool) -> Plan:
    why_not = _why_not(record, settled=settled)
    if why_not is not None:
        return _refused(record.workflow_id, why_not)
    try:
        found = await describe(client, record.workflow_id, RPC_PATIENCE)
    except RunPausedError as paused:
        return _refused(record.workflow_id, str(paused))
    if found is None:
        return _afresh(record, "Temporal does not know it any more")
    if found.status is WorkflowExecutionStatus.RUNNING:
        return _refused(record.workflow_id, f"runs again already: {_retry(record)}")
    task = await first_completed_task(client, found)
    if task is None:
        return _afresh(record, "its latest run did nothing")
    status = "ended" if found.status is None else found.status.name.lower()
    sentence = f"reset its latest run, which is {status}"
    return Plan(record.workflow_id, Way.RESET, sentence, record, found.run_id, task)


def _why_not(record: RunRecord, *, settled: bool) -> str | None:
    """Return the reason not to replay, or None for a run that failed."""
    name = record.workflow_id
    if record.outcome is None:
        return _open_sentence(record)
    if record.is_failed or settled:
        return None
    again = advised("replay", name, options=["--settled"])
    if RESEND_MARK in name:
        order = name.partition(RESEND_MARK)[0]
        return (
            f"did not fail: its mail is {record.outcome}; for another: {advised('resend', order)}"
        )
    mail = f"another mail: {advised('resend', name)}; " if record.outcome in DELIVERED else ""
    return f"did not fail, it ended as {record.outcome}; {mail}to run it all the same: {again}"


def _open_sentence(record: RunRecord) -> str:
    if not record.is_started:
        return (
            f"did not fail: it starts by itself; {advised('show', record.workflow_id)} tells more"
        )
    if record.sentence is None:
        return f"did not fail: it is under way; {advised('show', record.workflow_id)} tells more"
    return f"did not fail: it waits, and goes on by itself: {record.sentence}; {_retry(record)}"


def _retry(record: RunRecord) -> str:
    return f"to wake it now: {advised('retry', record.workflow_id)}"


def _afresh(record: RunRecord, why: str) -> Plan:
    if not (record.is_failed or record.mints_nothing):
        return _refused(record.workflow_id, f"ended as {record.outcome}, and {why}")
    return Plan(record.workflow_id, Way.START, f"start it afresh, because {why}", record)


def _refused(name: str, sentence: str) -> Plan:
    return Plan(name, Way.NONE, sentence)
