"""The interceptor through which a step's log lines and spans name the sale, and which times it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from db.engine import Database
from db.events import order_of_event
from domain.identifiers import order_of_workflow
from kit.instruments import STEPS
from kit.log_context import about
from kit.tracing import current_trace, note_on_span

logger = logging.getLogger(__name__)


class StepObserver(Interceptor):
    def __init__(self, database: Database) -> None:
        self.database = database

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Observed(next, self.database)


class _Observed(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, database: Database) -> None:
        super().__init__(following)
        self.database = database

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        workflow, step = info.workflow_id or "", info.activity_type
        event = getattr(input.args[0], "event_id", None)
        with about(event=event, workflow=workflow, step=step, trace=current_trace()):
            order = await self.order_of(event, workflow)
            note_on_span(event=event, order=order)
            with about(order=order), timed(step):
                return await super().execute_activity(input)

    async def order_of(self, event_id: int | None, workflow: str) -> str | None:
        """Return the order of the event; a refund's run has its own id, so ask the database."""
        if event_id is None:
            return None
        if (named := order_of_workflow(workflow)) is not None:
            return named
        try:
            return await self.database.read(order_of_event, event_id)
        except Exception:  # noqa: BLE001 - the step itself meets the same trouble, and says so
            return None


@contextmanager
def timed(step: str) -> Iterator[None]:
    begun = monotonic()
    try:
        yield
    except Exception:
        STEPS.observe(monotonic() - begun, step, "failed")
        raise
    took = monotonic() - begun
    STEPS.observe(took, step, "done")
    logger.info("%s done in %.0f ms", step, 1000 * took)
