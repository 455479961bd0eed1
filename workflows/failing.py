"""Failures found by the workflow itself. Retrying would not help."""

from shlex import quote

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

PERMANENT = "Permanent"
"""The failure type of permanent errors in `domain.errors`, which workflows must not import."""


def is_permanent(failure: FailureError) -> bool:
    return isinstance(failure, ApplicationError) and failure.type == PERMANENT


def failed_by_hand(step: str) -> ApplicationError:
    return _until_reset(f"a person failed its step {step} in Temporal")


def still_owed(step: str) -> ApplicationError:
    return _until_reset(
        f"its step {step} ended well twice, and the database does not hold its work"
    )


def _until_reset(what: str) -> ApplicationError:
    workflow_id = quote(workflow.info().workflow_id)
    reset = f"temporal workflow reset --workflow-id {workflow_id} --type FirstWorkflowTask"
    return ApplicationError(
        f"{what}; to go on: `{reset} --reason mended`", type=PERMANENT, non_retryable=True
    )
