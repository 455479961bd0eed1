"""Runs a step on the fast path first, and where that does not succeed on the visible one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

from workflows.failing import PERMANENT, failed_by_hand, is_permanent

Given = TypeVar("Given")
Result = TypeVar("Result")

# The names by which `domain.errors` is known here, where it must not be imported.
DELIVERY_IN_DOUBT = "DeliveryInDoubt"
NEEDS_OPERATOR = "NeedsOperator"


@dataclass(frozen=True)
class FastPath:
    """A local activity: no queue and no event but its marker. `tries` within `patience`."""

    tries: int
    one_try: timedelta
    patience: timedelta

    def retry_policy(self) -> RetryPolicy:
        return RetryPolicy(
            initial_interval=timedelta(milliseconds=200),
            maximum_attempts=self.tries,
            # A person, or a look-up minutes later, must be waited for where it can be seen.
            non_retryable_error_types=[DELIVERY_IN_DOUBT, NEEDS_OPERATOR, PERMANENT],
        )


@dataclass(frozen=True)
class SlowPath:
    """A normal activity, pending in the Web UI with its sentence until it succeeds."""

    one_try: timedelta
    retry_policy: RetryPolicy


def without_end(*, first: timedelta, longest: timedelta) -> RetryPolicy:
    """Retry until it succeeds or never can; the activity may ask for another delay itself."""
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
    activity_id: str,
    summary: str,
    fast: FastPath,
    slow: SlowPath,
) -> Result:
    """Run `step` locally with a short patience, then as a normal activity without end.

    A person can complete a pending activity by hand, with any result. So the slow path only
    waits: the result is that of the step itself, which runs locally once more and finds its
    work done, or does it. Both paths may run a step again; the database makes that harmless.
    Raises the ApplicationError of type Permanent that no repetition would help.
    """
    while True:
        try:
            return await _locally(step, given, activity_id, summary, fast)
        except FailureError as failure:
            if is_permanent(failure):
                raise
        said = await _visibly(given, activity_id, summary, slow)
        # Runs that began in an older version took the activity's word.
        if not workflow.patched(f"ask {activity_id} itself"):
            return _decoded(said, step)
        # A database that is slow, and not away, must not send the step back and forth.
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
    """Wait until the activity ends. Its result stays raw, as none of another type must stop us."""
    try:
        said: RawValue = await workflow.execute_activity(
            activity_id,  # A step's activity is named as its id.
            given,
            result_type=RawValue,
            activity_id=activity_id,
            summary=summary,
            start_to_close_timeout=slow.one_try,
            retry_policy=slow.retry_policy,
        )
    except ActivityError as failure:
        # A local activity fails bare and a normal one wrapped: callers see one kind.
        if isinstance(failure.cause, ApplicationError):
            # It is retried without end, so that only a person can have failed it otherwise.
            known = is_permanent(failure.cause)
            raise failure.cause if known else failed_by_hand(activity_id) from None
        raise
    return said


def _decoded(said: RawValue, step: Callable[[Any, Given], Awaitable[Result]]) -> Result:
    result_type: type[Result] = get_type_hints(step)["return"]
    result: Result = workflow.payload_converter().from_payload(said.payload, result_type)
    return result
