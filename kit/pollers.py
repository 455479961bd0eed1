"""Asks Temporal if a worker polls the task queue: without a worker every sale waits."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from kit.clock import Clock, utc_now

LONG_AGO = timedelta(seconds=75)
"""An idle worker polls again every 55 to 60 s, and Temporal reports the start of a poll (measured
with temporalio 1.35.0 and Temporal's development server)."""

KINDS = {
    "workflow tasks": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activities": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


@dataclass(frozen=True, slots=True)
class Pollers:
    client: Client
    task_queue: str
    patience: timedelta = timedelta(seconds=2)
    clock: Clock = utc_now

    async def warnings(self) -> list[str]:
        """Return a sentence when no worker polls; nothing when Temporal does not answer."""
        try:
            polled = await asyncio.gather(*map(self.last_poll, KINDS.values()))
        except (RPCError, RuntimeError):
            return []  # The caller reports separately that Temporal is away.
        before = self.clock() - LONG_AGO
        idle = [what for what, last in zip(KINDS, polled, strict=True) if last < before]
        return [self._sentence(idle)] if idle else []

    async def last_poll(self, kind: "TaskQueueType.ValueType") -> datetime:
        """Return the time of the last poll, as far as Temporal remembers."""
        request = DescribeTaskQueueRequest(
            namespace=self.client.namespace,
            task_queue=TaskQueue(name=self.task_queue),
            task_queue_type=kind,
        )
        service = self.client.workflow_service
        answer = await service.describe_task_queue(request, timeout=self.patience)
        times = [poller.last_access_time.ToDatetime(UTC) for poller in answer.pollers]
        return max(times, default=datetime.min.replace(tzinfo=UTC))

    def _sentence(self, idle: list[str]) -> str:
        return (
            f"worker: nobody asks Temporal for {' and '.join(idle)} of the task queue "
            f"{self.task_queue}, so sales wait: is the worker up, and its log quiet? Start it with "
            "`python worker.py`"
        )
