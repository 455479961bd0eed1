"""The interceptor through which a step's log lines name the sale."""

import logging
from time import monotonic
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from db.engine import Database
from db.events import order_of_event
from domain.identifiers import order_of_workflow
from kit.log_context import about

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
        workflow, event = info.workflow_id or "", input.args[0].event_id
        with about(event=event, workflow=workflow, step=info.activity_type):
            order = order_of_workflow(workflow) or await self.order_of(event)
            with about(order=order):
                begun = monotonic()
                done = await super().execute_activity(input)
                logger.info("%s done in %.0f ms", info.activity_type, 1000 * (monotonic() - begun))
                return done

    async def order_of(self, event_id: int) -> str | None:
        """Return the order of an event that runs under its own id, such as a refund."""
        try:
            return await self.database.read(order_of_event, event_id)
        except Exception:  # noqa: BLE001 - the step itself meets the same trouble, and says so
            return None
