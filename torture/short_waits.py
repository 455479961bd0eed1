"""Shortens the timeouts and retry intervals of workflow steps.

A shop's worker waits for up to ten minutes, because waiting loses nothing. A torture run must end
soon. The steps and their order stay the same.
"""

from datetime import timedelta
from typing import Any

from temporalio import client, worker
from temporalio.workflow import ActivityHandle
from typing_extensions import override

LONGEST_TRY = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(seconds=2)


class ShortWaits(client.Interceptor, worker.Interceptor):
    """An interceptor of the client. The client passes it on to its workers."""

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
