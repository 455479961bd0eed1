"""Sends many requests through one Mintpost, and collects their ends."""

from collections.abc import Mapping
from dataclasses import dataclass

from temporalio.client import WorkflowFailureError
from temporalio.exceptions import FailureError

from domain.errors import SaleInvalidError
from domain.event import ORDER_KINDS, Outcome
from tests.support.running import FORM, Mintpost
from tests.support.stepping import SteppedMintpost

SALE = "the-sale-of-the-case"
"""Stands in a case's error for the name of its run, which the row's number may decide."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and the text expected on its row.

    `order_id` is the order on the row: None when the body has no usable id.
    """

    body: bytes
    outcome: str
    order_id: str | None
    kind: str = "sale"
    error: str | None = None
    note: str | None = None
    content_type: str = FORM


@dataclass(frozen=True, slots=True)
class End:
    """The answer, the row, and the failure sentence of its workflow, if the workflow failed."""

    status: int
    kind: str
    order_id: str | None
    workflow_id: str | None
    outcome: str | None
    error: str | None
    note: str | None
    failure: str | None


async def ends_of(mintpost: Mintpost, cases: Mapping[str, Case]) -> dict[str, End]:
    """Send the requests one after another to an empty Mintpost, and wait for their ends."""
    statuses = [
        (await mintpost.ping(case.body, content_type=case.content_type)).status_code
        for case in cases.values()
    ]
    rows = reversed(await mintpost.settled_and_named())
    return {
        name: End(
            status,
            row.kind,
            row.order_id,
            row.workflow_id,
            row.outcome,
            row.error,
            row.note,
            failure=await _failure_of(mintpost, row.workflow_id),
        )
        for name, status, row in zip(cases, statuses, rows, strict=True)
    }


def invalid(what: str) -> str:
    """Return the sentence of an event that is no sale, for a case."""
    error = SaleInvalidError(what)
    error.name_sale(SALE)
    return error.sentence


def expected_ends(cases: Mapping[str, Case]) -> dict[str, End]:
    return {name: _expected_end(case, row) for row, (name, case) in enumerate(cases.items(), 1)}


def _expected_end(case: Case, row: int) -> End:
    runs_alone = case.order_id is None or case.kind not in ORDER_KINDS
    workflow_id = f"gumroad:event:{row}" if runs_alone else f"gumroad:{case.order_id}"
    error = None if case.error is None else case.error.replace(SALE, workflow_id)
    return End(
        200,
        case.kind,
        case.order_id,
        workflow_id,
        case.outcome,
        error,
        case.note,
        failure=error if case.outcome == Outcome.FAILED else None,
    )


async def _failure_of(mintpost: Mintpost, workflow_id: str | None) -> str | None:
    """Wait for the workflow's end. Return the failure sentence that Temporal shows."""
    if isinstance(mintpost, SteppedMintpost):
        return mintpost.failures[workflow_id or ""]
    try:
        await mintpost.client.get_workflow_handle(workflow_id or "").result()
    except WorkflowFailureError as error:
        return error.cause.message if isinstance(error.cause, FailureError) else str(error.cause)
    return None
