"""Sends a license e-mail again for a person: e-mail → close."""

from dataclasses import dataclass

from temporalio import workflow

from workflows.common_steps import close_order, email_license
from workflows.outcomes import FULFILLED, RENEWED
from workflows.steps import ClosedOrder, LicenseToEmail, OrderToClose


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

    @workflow.run
    async def run(self, resend: LicenseToResend) -> ClosedOrder:
        further = resend.further_delivery_ids
        others = f" and {len(further)} more" if further else ""
        summary = f"e-mail license {resend.license_id}{others} again"
        workflow.set_current_details(summary)
        await email_license(LicenseToEmail(resend.event_id, resend.delivery_id, further), summary)
        outcome = RENEWED if resend.renewed else FULFILLED
        closed = await close_order(OrderToClose(resend.event_id, outcome))
        workflow.set_current_details(f"{summary} → **done**")
        return closed
