"""Applies an event that is no sale to the licenses it is about: apply → e-mail → close."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.applying import Applying
from workflows.steps import ClosedOrder, EventToApply
from workflows.story import Story


@workflow.defn
class ApplyEvent:
    """Runs under the event's own id, because a refund and its sale are two runs."""

    def __init__(self) -> None:
        self.story = Story()

    @workflow.run
    async def run(self, event: EventToApply) -> ClosedOrder:
        applying = Applying(event, self.story)
        try:
            order = await applying.apply_all()
        except ApplicationError as failure:
            raise await applying.fail(failure) from None
        return await applying.close(order)
