"""The words that workflows repeat, because they must not import `domain`."""

from domain import error_branches, errors
from domain.event import IgnoredReason, NotedReason, Outcome, ignored, noted
from workflows import failing, local_first, outcomes


def test_the_outcomes_are_those_of_the_domain() -> None:
    named = {outcomes.FULFILLED, outcomes.RENEWED, outcomes.DUPLICATE, outcomes.FAILED}
    assert named == {Outcome.FULFILLED, Outcome.RENEWED, Outcome.DUPLICATE, Outcome.FAILED}
    assert outcomes.FULFILLED == Outcome.FULFILLED
    assert outcomes.RENEWED == Outcome.RENEWED
    assert outcomes.DUPLICATE == Outcome.DUPLICATE
    assert outcomes.ignored("refunded") == ignored(IgnoredReason.REFUNDED)
    assert outcomes.noted("waits_for_payment") == noted(NotedReason.WAITS_FOR_PAYMENT)


def test_the_failure_types_are_those_of_the_errors() -> None:
    assert error_branches.PermanentError.failure_type == failing.PERMANENT
    assert error_branches.OperatorError.failure_type == local_first.NEEDS_OPERATOR
    assert errors.DeliveryInDoubtError.failure_type == local_first.DELIVERY_IN_DOUBT
