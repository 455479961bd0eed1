"""The steps shared by several workflows, with their timeouts and retries."""

from datetime import timedelta

from workflows.local_first import FastPath, SlowPath, local_first, without_end
from workflows.steps import (
    ClosedOrder,
    CloseStep,
    CompleteStep,
    EmailedLicense,
    EmailStep,
    EventToComplete,
    LicenseToEmail,
    OrderToClose,
    ParsedEvent,
)
from workflows.story import Story

# A database step takes milliseconds. Two attempts outlive a busy lock. During a longer outage the
# slow path is better, because a person can see it waiting.
DATABASE_FAST = FastPath(tries=2, one_try=timedelta(seconds=4), patience=timedelta(seconds=8))
# A restart of the database takes seconds, an outage hours: retry soon at first, then calmly.
DATABASE_SLOW = SlowPath(
    one_try=timedelta(seconds=30),
    retry_policy=without_end(first=timedelta(seconds=1), longest=timedelta(minutes=10)),
)


# One attempt: after any problem with a mail or a shop, a person should see the slow path. The
# request times out after 5 s, and the step before the workflow task's 10 s.
REQUEST_FAST = FastPath(tries=1, one_try=timedelta(seconds=8), patience=timedelta(seconds=8))
# The request times out after 30 s; the look-up and the database need more. A provider recovers
# within seconds or hours, so we retry at most every ten minutes.
REQUEST_SLOW = SlowPath(
    one_try=timedelta(seconds=60),
    retry_policy=without_end(first=timedelta(seconds=2), longest=timedelta(minutes=10)),
)


async def email_license(
    letter: LicenseToEmail, summary: str, story: Story, activity_id: str = "email"
) -> EmailedLicense:
    return await local_first(
        EmailStep.email,
        letter,
        story=story,
        activity_id=activity_id,
        summary=summary,
        fast=REQUEST_FAST,
        slow=REQUEST_SLOW,
    )


async def complete_event(event: EventToComplete, story: Story) -> ParsedEvent:
    return await local_first(
        CompleteStep.complete,
        event,
        story=story,
        activity_id="complete",
        summary=f"ask the shop about event {event.event_id}",
        fast=REQUEST_FAST,
        slow=REQUEST_SLOW,
    )


async def close_order(order: OrderToClose, story: Story) -> ClosedOrder:
    return await local_first(
        CloseStep.close,
        order,
        story=story,
        activity_id="close",
        summary=f"close as {order.outcome}",
        fast=DATABASE_FAST,
        slow=DATABASE_SLOW,
    )
