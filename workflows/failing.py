"""Failures found by the workflow itself. Retrying would not help."""

from shlex import quote

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from workflows.markdown import code_span

PERMANENT = "Permanent"
"""The failure type of permanent errors in `domain.errors`, which workflows must not import."""


def is_permanent(failure: FailureError) -> bool:
    return isinstance(failure, ApplicationError) and failure.type == PERMANENT


def failed_by_hand(step: str) -> ApplicationError:
    return _until_replayed(f"a person failed its step {step} in Temporal")


def still_owed(step: str) -> ApplicationError:
    return _until_replayed(
        f"its step {step} ended well twice, and the database does not hold its work"
    )


def to_go_on(what: str) -> str:
    """Return the sentence with the command that runs this workflow again."""
    command = f"mintpost replay {quote(workflow.info().workflow_id)}"
    return f"{what}; to go on: {code_span(command)}"


def resend_command() -> str:
    """Return the command for one more mail of the order that this run mails."""
    order, _, _ = workflow.info().workflow_id.rpartition(":resend:")
    return code_span(f"mintpost resend {quote(order)}")


def _until_replayed(what: str) -> ApplicationError:
    return ApplicationError(to_go_on(what), type=PERMANENT, non_retryable=True)
