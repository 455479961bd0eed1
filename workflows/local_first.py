"""Runs a step on the fast path first, and on the visible path if the fast path fails."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

from workflows.failing import PERMANENT, failed_by_hand, is_permanent
from workflows.story import Story

Given = TypeVar("Given")
Result = TypeVar("Result")

# Failure types of errors in `domain.errors`, which workflows must not import.
DELIVERY_IN_DOUBT = "DeliveryInDoubt"
NEEDS_OPERATOR = "NeedsOperator"


@dataclass(frozen=True)
class FastPath:
    """A local activity, which adds only one marker event.

    It makes `tries` attempts in `patience`.
    """

    tries: int
    one_try: timedelta
    patience: timedelta

    def retry_policy(self) -> RetryPolicy:
        return RetryPolicy(
            initial_interval=timedelta(milliseconds=200),
            maximum_attempts=self.tries,
            # These wait for a person or for a later look-up, so they belong on the visible path.
            non_retryable_error_types=[DELIVERY_IN_DOUBT, NEEDS_OPERATOR, PERMANENT],
        )


@dataclass(frozen=True)
class SlowPath:
    """A normal activity. The Web UI shows it as pending, with its error, until it succeeds."""

    one_try: timedelta
    retry_policy: RetryPolicy


def without_end(*, first: timedelta, longest: timedelta) -> RetryPolicy:
    """Retry until success or a permanent failure. The activity may ask for another delay."""
    return RetryPolicy(
        initial_interval=first,
        backoff_coefficient=2,
        maximum_interval=longest,
        non_retryable_error_types=[PERMANENT],
    )


async def local_first(  # noqa: PLR0913 - a step's whole policy stands at its call
    step: Callable[[Any, Given], Awaitable[Result]],
    given: Given,
    *,
    story: Story,
    activity_id: str,
    summary: str,
    fast: FastPath,
    slow: SlowPath,
    waits: Callable[[], None] = lambda: None,
) -> Result:
    """Run `step` as a local activity with a short timeout, then as a normal activity with retries.

    A person can complete a pending activity by hand, with any result. So the slow path is only used
    for waiting. Afterwards the step runs locally again, and either finds its work done or does it.
    `activity_id` is the activity's name; a colon and a number after it name a further order line.
    `waits` is called when the step goes to the visible path, where it may wait for a person.
    Both paths may repeat a step, because database constraints make a repetition harmless. Raises
    ApplicationError of type Permanent when retrying cannot help.
    """
    while True:
        try:
            result = await _locally(step, given, activity_id, summary, fast)
        except FailureError as failure:
            if is_permanent(failure) or is_cancelled_exception(failure):
                raise
            sentence = _sentence_of(failure)
        else:
            await story.resume(activity_id)
            return result
        waits()
        await story.park(activity_id, sentence)
        said = await _visibly(given, activity_id, summary, slow)
        # Runs that began in an older version used the activity's result.
        if not workflow.patched(f"ask {_name(activity_id)} itself"):
            await story.resume(activity_id)
            return _decoded(said, step)
        # A slow database must not send the step back to the slow path.
        fast = FastPath(fast.tries, slow.one_try, 2 * slow.one_try)


async def _locally(
    step: Callable[[Any, Given], Awaitable[Result]],
    given: Given,
    activity_id: str,
    summary: str,
    fast: FastPath,
) -> Result:
    return await workflow.execute_local_activity_method(
        step,
        given,
        activity_id=activity_id,
        summary=summary,
        start_to_close_timeout=fast.one_try,
        schedule_to_close_timeout=fast.patience,
        retry_policy=fast.retry_policy(),
    )


async def _visibly(given: object, activity_id: str, summary: str, slow: SlowPath) -> RawValue:
    """Wait until the activity ends.

    The result stays raw, so that no wrong type can stop the run.
    """
    try:
        said: RawValue = await workflow.execute_activity(
            _name(activity_id),
            given,
            result_type=RawValue,
            activity_id=activity_id,
            summary=summary,
            start_to_close_timeout=slow.one_try,
            retry_policy=slow.retry_policy,
        )
    except ActivityError as failure:
        # A local activity fails bare, a normal activity wrapped. Callers see both bare.
        if isinstance(failure.cause, ApplicationError):
            # Retries have no limit, so any other failure was caused by a person.
            known = is_permanent(failure.cause)
            raise failure.cause if known else failed_by_hand(activity_id) from None
        raise
    return said


def _sentence_of(failure: FailureError) -> str:
    is_told = isinstance(failure, ApplicationError)
    return failure.message if is_told else "the step did not end in time; trying again"


def _name(activity_id: str) -> str:
    return activity_id.partition(":")[0]


def _decoded(said: RawValue, step: Callable[[Any, Given], Awaitable[Result]]) -> Result:
    result_type: type[Result] = get_type_hints(step)["return"]
    result: Result = workflow.payload_converter().from_payload(said.payload, result_type)
    return result
