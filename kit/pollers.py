"""Asks Temporal if a worker polls the task queue: without a worker every sale waits."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.advice import START_WORKER
from domain.findings import Finding, Level
from kit.clock import Clock, utc_now
from kit.times import iso

LONG_AGO = timedelta(seconds=75)
"""An idle worker polls again every 55 to 60 s, and Temporal reports the start of a poll (measured
with temporalio 1.35.0 and Temporal's development server)."""

KINDS = {
    "workflow tasks": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activities": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pollers:
    """`identity` looks for the polls of one worker alone."""

    client: Client
    task_queue: str
    patience: timedelta = timedelta(seconds=2)
    clock: Clock = utc_now
    identity: str | None = None

    async def findings(self) -> list[Finding]:
        """Return a finding when no worker polls; nothing when Temporal does not answer."""
        try:
            idle = [kind for kind, pollers in (await self.recent()).items() if not pollers]
        except (RPCError, RuntimeError):
            return []  # The caller reports separately that Temporal is away.
        return [self._finding(idle)] if idle else []

    async def recent(self) -> dict[str, list[PollerInfo]]:
        """Return those that polled lately, for each kind of task."""
        before = self.clock() - LONG_AGO
        found = await asyncio.gather(*map(self._pollers, KINDS.values()))
        return {
            kind: [each for each in pollers if _polled_at(each) >= before]
            for kind, pollers in zip(KINDS, found, strict=True)
        }

    async def last_polls(self) -> dict[str, datetime]:
        """Return the time of the last poll for each kind of task."""
        polled = await asyncio.gather(*map(self.last_poll, KINDS.values()))
        return dict(zip(KINDS, polled, strict=True))

    async def told(self) -> dict[str, str | None] | None:
        """Return the last polls for a monitor; None when Temporal does not answer."""
        try:
            polled = await self.last_polls()
        except (RPCError, RuntimeError):
            return None
        return {
            kind: None if last == NEVER else iso(last.replace(microsecond=0))
            for kind, last in polled.items()
        }

    async def last_poll(self, kind: "TaskQueueType.ValueType") -> datetime:
        """Return the time of the last poll, as far as Temporal remembers."""
        return max(map(_polled_at, await self._pollers(kind)), default=NEVER)

    async def _pollers(self, kind: "TaskQueueType.ValueType") -> list[PollerInfo]:
        request = DescribeTaskQueueRequest(
            namespace=self.client.namespace,
            task_queue=TaskQueue(name=self.task_queue),
            task_queue_type=kind,
        )
        service = self.client.workflow_service
        answer = await service.describe_task_queue(request, timeout=self.patience)
        own = self.identity
        return [each for each in answer.pollers if own is None or each.identity == own]

    def _finding(self, idle: list[str]) -> Finding:
        sentence = (
            f"worker: nobody asks Temporal for {' and '.join(idle)} of the task queue "
            f"{self.task_queue}, so sales wait: is the worker up, and its log quiet? Start it with "
            f"`{START_WORKER}`"
        )
        # A worker that restarts is away for seconds.
        return Finding("worker", Level.BROKEN, sentence, START_WORKER, may_pass=True)


def _polled_at(poller: PollerInfo) -> datetime:
    return poller.last_access_time.ToDatetime(UTC)
