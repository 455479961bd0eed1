"""Sends a license e-mail again for a person: e-mail → close."""

from dataclasses import dataclass

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.canceling import or_tell_canceled
from workflows.common_steps import close_order, email_license
from workflows.outcomes import FULFILLED, RENEWED
from workflows.sale_state import SaleState
from workflows.steps import ClosedOrder, LicenseToEmail, OrderToClose
from workflows.story import Story


@dataclass(frozen=True)
class LicenseToResend:
    """`event_id` is the event from which the order was read.

    The database keeps who asked, and why; Temporal must not see them. `renewed` is true when the
    order is a later charge of the license's membership. `further_delivery_ids` are those of the
    order's other licenses.
    """

    event_id: int
    license_id: int
    delivery_id: int
    renewed: bool = False
    further_delivery_ids: tuple[int, ...] = ()


@workflow.defn
class ResendLicense:
    """An accepted mail also settles the failed events of the sale: the buyer has the license."""

    @workflow.init
    def __init__(self, resend: LicenseToResend) -> None:
        self.story = Story(SaleState(resend.event_id))

    @workflow.run
    async def run(self, resend: LicenseToResend) -> ClosedOrder:
        return await or_tell_canceled(self.send(resend), self.story)

    async def send(self, resend: LicenseToResend) -> ClosedOrder:
        further = resend.further_delivery_ids
        others = f" and {len(further)} more" if further else ""
        summary = f"e-mail license {resend.license_id}{others} again"
        self.story.tell(summary)
        letter = LicenseToEmail(resend.event_id, resend.delivery_id, further)
        try:
            await email_license(letter, summary, self.story)
        except ApplicationError as failure:
            await self.story.fail(failure.message)
            raise
        outcome = RENEWED if resend.renewed else FULFILLED
        closed = await close_order(OrderToClose(resend.event_id, outcome), self.story)
        self.story.tell("**done**")
        return closed
