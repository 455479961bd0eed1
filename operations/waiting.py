"""Explain the wait of an order, and give advice about its rows."""

from collections.abc import Sequence
from pathlib import Path

from db.views.corrections import CorrectionLine
from db.views.lists import DeliveryLine, LicenseLine
from domain.advice import code_span
from domain.delivery import ACCEPTED, DeliveryStatus
from kit.runs import paused_sentence
from kit.times import iso
from operations.life import TAKEN_BACK, state_of
from operations.spooled import SpooledLine
from operations.whole_order import Line, WholeOrder
from operations.workflow_state import PendingStep, WorkflowState
from relay.spool import put_back

SPOOLED = "the database: a request is in the spool, and goes in by itself"
ASIDE = (
    "a person: a request was set aside in the spool, and the API's log says why; mend the file, "
    "and put it back: {}"
)
KEPT = "kept for the license that the order will have"
REPLACED = "a later correction stands"
NOBODY_GOT_IT = "it was only written into the outbox: nobody got it"
HOW_TO_SEND = "set POSTMARK_TOKEN, then `mintpost resend --status logged`"


def waits_for(order: WholeOrder, workflow: WorkflowState) -> str | None:
    """Return a sentence about the cause of the wait; None if the order does not wait."""
    open_rows = [event for event in order.events if event.outcome is None]
    told = open_rows[0].error if open_rows else None
    if workflow.trouble is not None:
        return workflow.trouble
    if workflow.pending:
        step = workflow.pending[0]
        # The first visible attempt has no failure yet; the row has the fast path's sentence.
        return f"{_step(workflow.id, step)}: {step.sentence or told or 'under way'}"
    if open_rows:
        return told or "the next step"
    if order.spooled:
        return _spooled(order.spooled)
    return None


def _spooled(requests: Sequence[SpooledLine]) -> str:
    if not all(request.set_aside for request in requests):
        return SPOOLED
    return ASIDE.format(code_span(put_back(Path(requests[0].file))))


def _step(workflow_id: str, step: PendingStep) -> str:
    if step.paused:
        return f"{step.step} (attempt {step.attempt}), {paused_sentence(workflow_id, step.step)}"
    soon = "" if step.next_try is None else f", next try at {iso(step.next_try)}"
    return f"{step.step} (attempt {step.attempt}{soon})"


def advice(order: WholeOrder, line: Line) -> str | None:
    """Return advice about a row, beyond its fields."""
    if isinstance(line, LicenseLine):
        return state_of(line)
    if isinstance(line, CorrectionLine) and not line.for_licenses:
        is_last = line.id == max(each.id for each in order.corrections)
        return KEPT if is_last and not order.licenses else REPLACED
    if not isinstance(line, DeliveryLine) or line.status != DeliveryStatus.LOGGED:
        return None
    own = {line.license_id, *line.license_ids}
    others = (each for each in order.deliveries if own & {each.license_id, *each.license_ids})
    sent = any(each.status in ACCEPTED for each in others)
    return (
        NOBODY_GOT_IT if sent or _is_taken_back(order, line) else f"{NOBODY_GOT_IT}; {HOW_TO_SEND}"
    )


def _is_taken_back(order: WholeOrder, mail: DeliveryLine) -> bool:
    told = {mail.license_id, *mail.license_ids}
    statuses = {each.status for each in order.licenses if each.id in told}
    return bool(statuses) and statuses <= {*TAKEN_BACK}
