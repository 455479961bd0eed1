"""The end of a run that a person cancels in Temporal: its rows get an outcome with a sentence."""

from collections.abc import Awaitable

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

from workflows.common_steps import close_order
from workflows.failing import resend_command, to_go_on
from workflows.outcomes import FAILED
from workflows.steps import ClosedOrder, OrderToClose
from workflows.story import Story

CANCELED = "a person canceled its workflow in Temporal"


async def or_fail_canceled(
    work: Awaitable[ClosedOrder], event_id: int, story: Story
) -> ClosedOrder:
    """Return the end of `work`. If a person cancels it, fail the rows of the run before it ends."""
    try:
        return await work
    except BaseException as error:
        if _is_asked_for(error):
            sentence = to_go_on(CANCELED)
            closed = await close_order(OrderToClose(event_id, FAILED, sentence), story)
            # Without an open row there is nothing to replay, as after a sale that was settled.
            if closed.rows:
                await story.fail(sentence)
        raise


async def or_tell_canceled(work: Awaitable[ClosedOrder], story: Story) -> ClosedOrder:
    """Return the end of a resend. If a person cancels it, the watcher refuses its delivery."""
    try:
        return await work
    except BaseException as error:
        if _is_asked_for(error):
            await story.fail(f"{CANCELED}; to ask for it once more: {resend_command()}")
        raise


def _is_asked_for(error: BaseException) -> bool:
    """Tell whether a person canceled the run. A worker cancels a run's tasks to free memory."""
    if not is_cancelled_exception(error) or workflow.cancellation_reason() is None:
        return False
    # Runs that were canceled in an older version ended at once.
    return workflow.patched("fail when canceled")
