"""Finds the reasons why a run in Temporal cannot continue, apart from a failing step.

The watcher asks for each open event; `mintpost show` and `mintpost retry` ask for one.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from shlex import quote

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import (
    EventType,
    PendingActivityState,
    PendingWorkflowTaskState,
    TaskQueueType,
    WorkflowTaskFailedCause,
)
from temporalio.api.history.v1 import HistoryEvent, WorkflowTaskFailedEventAttributes
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from domain.advice import START_WORKER, code_span
from kit.pollers import LONG_AGO, Pollers
from kit.temporal_outages import is_namespace_missing

STUCK = "its workflow task fails again and again"
"""Begins the sentence of a stuck run. The watcher knows it by these words, also in old rows."""
UNTIL_A_PERSON = "paused in Temporal, until a person lets it go on"
START_A_WORKER = f"start it with `{START_WORKER}`"

TAKEN_WITHIN = timedelta(seconds=15)
"""Temporal reserves a sticky task for a dead worker for 10 s before another worker may take it."""

RECENT_EVENTS = 20
FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
TIMED_OUT = EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
TASKS = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
NON_DETERMINISTIC = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
RESET = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
TASK_SCHEDULED = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
PREFIX = "WORKFLOW_TASK_FAILED_CAUSE_"
PAUSED = (
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED,
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED,
)


class RunPausedError(Exception):
    """A person paused the whole run. The SDK has no status for a paused run (temporalio 1.35.0)."""

    def __init__(self, workflow_id: str) -> None:
        command = f"temporal workflow unpause --workflow-id {quote(workflow_id)}"
        super().__init__(f"its workflow is {UNTIL_A_PERSON}: {code_span(command)}")


async def describe(
    client: Client, workflow_id: str, patience: timedelta
) -> WorkflowExecutionDescription | None:
    """Return the latest run, or None if Temporal knows no run. Raises RunPausedError, RPCError."""
    try:
        return await client.get_workflow_handle(workflow_id).describe(rpc_timeout=patience)
    except ValueError:
        raise RunPausedError(workflow_id) from None
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND or is_namespace_missing(error):
            raise
        return None


async def trouble(
    client: Client, found: WorkflowExecutionDescription, patience: timedelta
) -> str | None:
    """Return why a run cannot continue although none of its steps fails, or None if it can."""
    no_worker = await no_worker_sentence(client, queue_of(found), patience)
    stuck = await stuck_sentence(client, found, patience)
    return no_worker or stuck or untaken_sentence(found, datetime.now(UTC))


async def stuck_sentence(
    client: Client, found: WorkflowExecutionDescription, patience: timedelta
) -> str | None:
    """Return why the workflow's own code fails, or None if it does not."""
    attempt = found.raw_description.pending_workflow_task.attempt
    # A worker that died during a task costs one attempt.
    if attempt < 2:  # noqa: PLR2004
        return None
    cause = _cause(await _newest_events(client, found, patience), attempt)
    if cause is None:
        return None
    return f"{STUCK} ({cause}); to begin anew with this version: {reset_command(found.id, 'stuck')}"


def reset_command(workflow_id: str, reason: str) -> str:
    begun = f"temporal workflow reset --workflow-id {quote(workflow_id)}"
    return code_span(f"{begun} --type FirstWorkflowTask --reason {reason}")


def _cause(newest_first: Iterable[HistoryEvent], attempt: int) -> str | None:
    for event in newest_first:
        if event.event_type == FAILED:
            return _failure(event.workflow_task_failed_event_attributes)
        if event.event_type == TIMED_OUT:
            # The first timeout may belong to a worker that died.
            return "no answer within its time: see the worker's log" if attempt > 2 else None  # noqa: PLR2004
        if event.event_type == COMPLETED:
            break
    return None


def _failure(task: WorkflowTaskFailedEventAttributes) -> str | None:
    if task.cause == RESET:
        return None
    if task.cause == NON_DETERMINISTIC:
        return "NonDeterministicError: a worker of another version began it, so start that one"
    # The message may quote values; the type is only a class name.
    known = task.failure.application_failure_info.type
    name = known or WorkflowTaskFailedCause.Name(task.cause).removeprefix(PREFIX).lower()
    return f"{name}: see the worker's log"


async def _newest_events(
    client: Client, found: WorkflowExecutionDescription, patience: timedelta
) -> Iterable[HistoryEvent]:
    answer = await client.workflow_service.get_workflow_execution_history_reverse(
        GetWorkflowExecutionHistoryReverseRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=found.id, run_id=found.run_id),
            maximum_page_size=RECENT_EVENTS,
        ),
        timeout=patience,
    )
    return answer.history.events


async def no_worker_sentence(client: Client, task_queue: str, patience: timedelta) -> str | None:
    """Return a sentence if no worker polls the queue, or None."""
    last = await Pollers(client, task_queue, patience).last_poll(TASKS)
    if last > datetime.now(UTC) - LONG_AGO:
        return None
    return f"no worker polls the queue {task_queue}: {START_A_WORKER}"


def untaken_sentence(found: WorkflowExecutionDescription, now: datetime) -> str | None:
    """Return a sentence if no worker took a due task.

    It shows a dead worker before the pollers do.
    """
    raw = found.raw_description
    due = [
        step.scheduled_time
        for step in raw.pending_activities
        if step.state == SCHEDULED and step.HasField("scheduled_time")
    ]
    if raw.pending_workflow_task.state == TASK_SCHEDULED:
        due.append(raw.pending_workflow_task.scheduled_time)
    if all(each.ToDatetime(UTC) > now - TAKEN_WITHIN for each in due):
        return None
    seconds = f"{TAKEN_WITHIN.total_seconds():g}"
    return f"no worker took its task within {seconds} s; is one running? {START_A_WORKER}"


def queue_of(found: WorkflowExecutionDescription) -> str:
    return found.raw_description.execution_config.task_queue.name


def paused_step_sentence(found: WorkflowExecutionDescription) -> str | None:
    """Return a sentence if a person paused a step of the run, or None."""
    pending = found.raw_description.pending_activities
    paused = next((step.activity_id for step in pending if is_paused(step)), None)
    return None if paused is None else f"{paused} is {paused_sentence(found.id, paused)}"


def is_paused(step: PendingActivityInfo) -> bool:
    return step.paused or step.state in PAUSED


def paused_sentence(workflow_id: str, step: str) -> str:
    command = f"temporal activity unpause --workflow-id {quote(workflow_id)} --activity-id {step}"
    return f"{UNTIL_A_PERSON}: {code_span(command)}"
