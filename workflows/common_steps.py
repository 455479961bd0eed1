"""The steps that more than one workflow performs, each with its timeouts and retries."""

from datetime import timedelta

from workflows.local_first import FastPath, SlowPath, local_first, without_end
from workflows.steps import (
    ClosedOrder,
    CloseStep,
    EmailedLicense,
    EmailStep,
    LicenseToEmail,
    OrderToClose,
)

# A step that only reads and writes the database takes milliseconds. Two tries outlive a busy
# lock; a database that is away for longer is better waited for where a person can see it.
DATABASE_FAST = FastPath(tries=2, one_try=timedelta(seconds=4), patience=timedelta(seconds=8))
# A restart of the database takes seconds, an outage hours: soon at first, then calmly.
DATABASE_SLOW = SlowPath(
    one_try=timedelta(seconds=30),
    retry_policy=without_end(first=timedelta(seconds=1), longest=timedelta(minutes=10)),
)


async def email_license(letter: LicenseToEmail, summary: str) -> EmailedLicense:
    return await local_first(
        EmailStep.email,
        letter,
        activity_id="email",
        summary=summary,
        # One try: whatever goes wrong with a mail deserves the slower, visible path. The
        # send itself gives up after 5 s, and this stays below the workflow task's 10 s.
        fast=FastPath(tries=1, one_try=timedelta(seconds=8), patience=timedelta(seconds=8)),
        # The send gives up after 30 s; a look-up and the database come on top. A provider
        # that is down answers soon again or in hours: at most every ten minutes.
        slow=SlowPath(
            one_try=timedelta(seconds=60),
            retry_policy=without_end(first=timedelta(seconds=2), longest=timedelta(minutes=10)),
        ),
    )


async def close_order(order: OrderToClose) -> ClosedOrder:
    return await local_first(
        CloseStep.close,
        order,
        activity_id="close",
        summary=f"close as {order.outcome}",
        fast=DATABASE_FAST,
        slow=DATABASE_SLOW,
    )
