"""The steps of an event that is no sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.common_steps import (
    DATABASE_FAST,
    DATABASE_SLOW,
    close_order,
    complete_event,
    email_license,
)
from workflows.local_first import local_first
from workflows.outcomes import FAILED
from workflows.steps import (
    AppliedEvent,
    ApplyStep,
    ClosedOrder,
    EventToApply,
    EventToComplete,
    LicenseToEmail,
    OrderToClose,
)
from workflows.story import Story


@dataclass(frozen=True, slots=True)
class Applying:
    event: EventToApply
    story: Story

    async def apply_all(self) -> OrderToClose:
        """Apply the facts now, and once more when a fact takes effect that lies ahead."""
        while True:
            applied = await self.apply()
            if applied.incomplete:
                self.story.tell("complete")
                await complete_event(EventToComplete(self.event.event_id), self.story)
                applied = await self.apply()
            await self.email(applied)
            order = OrderToClose(self.event.event_id, applied.outcome)
            if applied.again_at is None:
                return order
            await self.close(order)
            await self.wait_until(applied.again_at)

    async def apply(self) -> AppliedEvent:
        summary = f"apply {self.event.kind.replace('_', ' ')} {self.event.event_id}"
        self.story.tell(summary)
        applied = await local_first(
            ApplyStep.apply,
            self.event,
            story=self.story,
            activity_id="apply",
            summary=summary,
            fast=DATABASE_FAST,
            slow=DATABASE_SLOW,
        )
        for clause in applied.told:
            self.story.tell(clause)
        return applied

    async def email(self, applied: AppliedEvent) -> None:
        first, *further = applied.delivery_ids or (None,)
        if first is None:
            return
        # Runs that began in an older version sent a mail for each license.
        if further and not workflow.patched("one mail per event"):
            await self.email_one_by_one(applied.delivery_ids)
            return
        await self.email_delivery(LicenseToEmail(self.event.event_id, first, tuple(further)))

    async def email_one_by_one(self, delivery_ids: Sequence[int]) -> None:
        for number, delivery_id in enumerate(delivery_ids, start=1):
            letter = LicenseToEmail(self.event.event_id, delivery_id)
            await self.email_delivery(letter, "email" if number == 1 else f"email:{number}")

    async def email_delivery(self, letter: LicenseToEmail, activity_id: str = "email") -> None:
        others = "".join(f", {each}" for each in letter.further_delivery_ids)
        summary = f"e-mail delivery {letter.delivery_id}{others}"
        self.story.tell(summary)
        await email_license(letter, summary, self.story, activity_id)

    async def close(self, order: OrderToClose) -> ClosedOrder:
        self.story.tell("close")
        closed = await close_order(order, self.story)
        self.story.steps[-1] = f"**{closed.outcome}**"
        self.story.show()
        return closed

    async def wait_until(self, moment: datetime) -> None:
        self.story.tell(f"wait until {moment:%Y-%m-%d %H:%M} UTC")
        # A second more, because the worker that applies may have another clock.
        wait = max(moment - workflow.now(), timedelta(0)) + timedelta(seconds=1)
        await workflow.sleep(wait, summary=f"until {moment:%Y-%m-%d %H:%M} UTC")

    async def fail(self, failure: ApplicationError) -> ApplicationError:
        """Close the event as failed. Return the error that ends the run."""
        await self.close(OrderToClose(self.event.event_id, FAILED, failure.message))
        await self.story.fail(failure.message)
        return ApplicationError(failure.message, type=failure.type, non_retryable=True)
