"""Runs a step on the fast path first, and where that does not succeed on the visible one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

Given = TypeVar("Given")
Result = TypeVar("Result")

# The names by which `domain.errors` is known here, where it must not be imported.
DELIVERY_IN_DOUBT = "DeliveryInDoubt"
NEEDS_OPERATOR = "NeedsOperator"
PERMANENT = "Permanent"


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

    Both paths may run a step again; the database makes that harmless. Raises the
    ApplicationError of type Permanent that no repetition would help.
    """
    try:
        return await workflow.execute_local_activity_method(
            step,
            given,
            activity_id=activity_id,
            summary=summary,
            start_to_close_timeout=fast.one_try,
            schedule_to_close_timeout=fast.patience,
            retry_policy=fast.retry_policy(),
        )
    except FailureError as failure:
        if is_permanent(failure):
            raise
    try:
        return await workflow.execute_activity_method(
            step,
            given,
            activity_id=activity_id,
            summary=summary,
            start_to_close_timeout=slow.one_try,
            retry_policy=slow.retry_policy,
        )
    except ActivityError as failure:
        # A local activity fails bare and a normal one wrapped: callers see one kind.
        if isinstance(failure.cause, ApplicationError):
            raise failure.cause from None
        raise


def is_permanent(failure: FailureError) -> bool:
    return isinstance(failure, ApplicationError) and failure.type == PERMANENT
