"""A person asked for one more license e-mail: e-mail → close."""

from dataclasses import dataclass

from temporalio import workflow

from workflows.common_steps import close_order, email_license
from workflows.steps import ClosedOrder, LicenseToEmail, OrderToClose


@dataclass(frozen=True)
class LicenseToResend:
    """`event_id` is the ping that the license was sold by. Who asked and why stays at home."""

    event_id: int
    license_id: int
    delivery_id: int


@workflow.defn
class ResendLicense:
    """A mail that is accepted settles what failed of the sale: the buyer has the license."""

    @workflow.run
    async def run(self, resend: LicenseToResend) -> ClosedOrder:
        summary = f"e-mail license {resend.license_id} again"
        workflow.set_current_details(summary)
        await email_license(LicenseToEmail(resend.event_id, resend.delivery_id), summary)
        closed = await close_order(OrderToClose(resend.event_id, "fulfilled"))
        workflow.set_current_details(f"{summary} → **done**")
        return closed
