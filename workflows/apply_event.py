"""Applies an event that is no sale to the licenses it is about: apply → e-mail → close."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.applying import Applying
from workflows.canceling import or_fail_canceled
from workflows.sale_state import SaleState
from workflows.steps import ClosedOrder, EventToApply
from workflows.story import Story


@workflow.defn
class ApplyEvent:
    """Runs under the event's own id, because a refund and its sale are two runs."""

    @workflow.init
    def __init__(self, event: EventToApply) -> None:
        self.story = Story(SaleState(event.event_id))

    @workflow.run
    async def run(self, event: EventToApply) -> ClosedOrder:
        return await or_fail_canceled(self.apply_and_close(event), event.event_id, self.story)

    async def apply_and_close(self, event: EventToApply) -> ClosedOrder:
        applying = Applying(event, self.story)
        try:
            order = await applying.apply_all()
        except ApplicationError as failure:
            raise await applying.fail(failure) from None
        return await applying.close(order)
