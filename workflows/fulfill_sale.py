"""Turns a sale into delivered licenses: parse → (complete →) mint → e-mail → close."""

import asyncio
from collections.abc import Sequence

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.applying import Applying
from workflows.canceling import or_fail_canceled
from workflows.common_steps import (
    DATABASE_FAST,
    DATABASE_SLOW,
    close_order,
    complete_event,
)
from workflows.failing import still_owed
from workflows.local_first import local_first
from workflows.order_line import FulfillLine, LineEnd, outcome_of, unlicensed
from workflows.order_lines import FulfillLines
from workflows.outcomes import DUPLICATE, FAILED, ignored, noted
from workflows.sale_state import SaleState
from workflows.steps import (
    ClosedOrder,
    EventToApply,
    EventToComplete,
    EventToParse,
    OrderToClose,
    ParsedEvent,
    ParseStep,
)
from workflows.story import Story


@workflow.defn
class FulfillSale:
    """Runs under the order's id, so that all events of an order share one run.

    Old histories of one line replay without `patched`: such an order gives the same commands as in
    versions with one line only, and the result of an old parse asks neither to complete nor to
    apply.
    """

    @workflow.init
    def __init__(self, event: EventToParse) -> None:
        self.story = Story(SaleState(event.event_id))

    @workflow.run
    async def run(self, event: EventToParse) -> ClosedOrder:
        return await or_fail_canceled(self.fulfill_twice(event), event.event_id, self.story)

    async def fulfill_twice(self, event: EventToParse) -> ClosedOrder:
        closed = await self.fulfill_and_close(event)
        if closed.owed is not None:
            # After a restore from a backup, the database may lack the work of an earlier step.
            closed = await self.fulfill_and_close(event)
        if closed.owed is not None:
            raise await self.fail(event, still_owed(closed.owed))
        return closed

    async def fulfill_and_close(self, event: EventToParse) -> ClosedOrder:
        try:
            order = await self.fulfill(event)
        except ApplicationError as failure:
            raise await self.fail(event, failure) from None
        return await self.close(order)

    async def fail(self, event: EventToParse, failure: ApplicationError) -> ApplicationError:
        """Close the order as failed. Return the error that ends the run."""
        await self.close(OrderToClose(event.event_id, FAILED, failure.message))
        await self.story.fail(failure.message)
        return ApplicationError(failure.message, type=failure.type, non_retryable=True)

    async def fulfill(self, event: EventToParse) -> OrderToClose:
        parsed = await self.parse(event)
        if parsed.incomplete:
            self.story.tell("complete")
            parsed = await complete_event(EventToComplete(event.event_id), self.story)
        if parsed.duplicate:
            return OrderToClose(event.event_id, DUPLICATE)
        if parsed.applies is not None:
            # Its kind was unknown when the relay started this run, or an older relay started it.
            known = EventToApply(event.event_id, parsed.applies)
            return await Applying(known, self.story).apply_all()
        if parsed.noted is not None:
            return OrderToClose(event.event_id, noted(parsed.noted))
        if parsed.sale_id is None:
            return OrderToClose(event.event_id, ignored(parsed.ignored))
        sale_ids = (parsed.sale_id, *parsed.further_sale_ids)
        lines = await self.fulfill_lines(event, sale_ids)
        outcome = outcome_of(lines)
        return OrderToClose(event.event_id, outcome, unlicensed_sale_ids=unlicensed(lines))

    async def fulfill_lines(self, event: EventToParse, sale_ids: Sequence[int]) -> list[LineEnd]:
        """Fulfill every line. Raise the error of a failed line when all lines have ended."""
        lines = [
            FulfillLine(event.event_id, sale_id, number, self.story)
            for number, sale_id in enumerate(sale_ids, start=1)
        ]
        if len(lines) > 1 and workflow.patched("one mail per order"):
            ends = await FulfillLines(lines).fulfill()
        else:  # One line, or a run that began in a version that sent a mail for each line.
            ends = await asyncio.gather(*(each.fulfill() for each in lines), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return [end for end in ends if isinstance(end, LineEnd)]

    async def parse(self, event: EventToParse) -> ParsedEvent:
        self.story.tell(f"parse event {event.event_id}")
        return await local_first(
            ParseStep.parse,
            event,
            story=self.story,
            activity_id="parse",
            summary=f"parse event {event.event_id}",
            fast=DATABASE_FAST,
            slow=DATABASE_SLOW,
        )

    async def close(self, order: OrderToClose) -> ClosedOrder:
        self.story.tell("close")
        closed = await close_order(order, self.story)
        self.story.tell(
            f"**{closed.outcome}**" if closed.owed is None else f"{closed.owed} is owed"
        )
        return closed
