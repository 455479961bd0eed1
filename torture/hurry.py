"""Workflows whose steps are given up and tried again sooner than a shop's.

A shop waits for up to ten minutes where nothing is lost by it. A torture run is watched. What is
done, and in which order, stays the same.
"""

from datetime import timedelta
from typing import Any

from temporalio import client, worker
from temporalio.workflow import ActivityHandle
from typing_extensions import override

LONGEST_TRY = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(seconds=2)


class Hurry(client.Interceptor, worker.Interceptor):
    """A client that has it gives it to its workers."""

    @override
    def workflow_interceptor_class(
        self, input: worker.WorkflowInterceptorClassInput
    ) -> type[worker.WorkflowInboundInterceptor]:
        return _Inbound


class _Inbound(worker.WorkflowInboundInterceptor):
    @override
    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class _Outbound(worker.WorkflowOutboundInterceptor):
    @override
    def start_activity(self, input: worker.StartActivityInput) -> ActivityHandle[Any]:
        if input.start_to_close_timeout is not None:
            input.start_to_close_timeout = min(input.start_to_close_timeout, LONGEST_TRY)
        if input.retry_policy is not None:
            input.retry_policy.maximum_interval = LONGEST_PAUSE
        return super().start_activity(input)
