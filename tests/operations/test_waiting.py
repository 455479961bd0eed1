"""The advice beside a row, and the sentence of what an order waits for."""

from uuid import uuid4

from db.views.lists import DeliveryLine, EventLine
from operations.spooled import SpooledLine
from operations.waiting import ASIDE, SPOOLED, advice, waits_for
from operations.whole_order import WholeOrder
from operations.workflow_state import PendingStep, WorkflowState
from tests.db.rows import NOON

NOBODY = "it was only written into the outbox: nobody got it"
TO_DO = f"{NOBODY}; set POSTMARK_TOKEN, then `mintpost resend --status logged`"


def mail(number: int, status: str) -> DeliveryLine:
    return DeliveryLine(number, 1, "sale", "x", status, None, None, 1, None, None)


def test_nothing_is_to_be_done_where_a_later_mail_was_taken() -> None:
    logged, accepted = mail(1, "logged"), mail(2, "accepted")
    order = WholeOrder(deliveries=[accepted, logged])
    assert advice(order, logged) == NOBODY
    assert advice(order, accepted) is None
    assert advice(WholeOrder(deliveries=[logged]), logged) == TO_DO


RUNNING = WorkflowState("gumroad:order-1", "running", [])


def event(number: int, outcome: str | None, error: str | None = None) -> EventLine:
    return EventLine(
        id=number,
        source="gumroad",
        kind="sale",
        order_id="order-1",
        received_at=NOON,
        processed=outcome is not None,
        outcome=outcome,
        error=error,
        note=None,
        workflow_id=None,
        origin="webhook",
        test=False,
    )


def request(*, set_aside: bool) -> SpooledLine:
    return SpooledLine(uuid4(), "sale", NOON, set_aside, "a-file")


def test_settled_order_waits_for_nothing() -> None:
    assert waits_for(WholeOrder(events=[event(1, "fulfilled")]), RUNNING) is None


def test_trouble_of_the_run_is_told_before_its_step() -> None:
    step = PendingStep("mint", 2, None, "unmapped")
    order = WholeOrder(events=[event(1, None)])
    troubled = WorkflowState(RUNNING.id, "running", [step], "no worker")
    assert waits_for(order, troubled) == "no worker"
    waiting = WorkflowState(RUNNING.id, "running", [step])
    assert waits_for(order, waiting) == "mint (attempt 2): unmapped"


def test_next_try_of_a_step_is_told_with_its_time() -> None:
    step = PendingStep("email", 3, NOON, "away")
    state = WorkflowState(RUNNING.id, "running", [step])
    told = "email (attempt 3, next try at 2026-09-01T12:00:00Z): away"
    assert waits_for(WholeOrder(events=[event(1, None)]), state) == told


def test_first_attempt_of_a_step_tells_the_sentence_of_the_row() -> None:
    state = WorkflowState(RUNNING.id, "running", [PendingStep("mint", 1, None, "")])
    told = WholeOrder(events=[event(1, None, "unmapped")])
    assert waits_for(told, state) == "mint (attempt 1): unmapped"
    assert waits_for(WholeOrder(events=[event(1, None)]), state) == "mint (attempt 1): under way"


def test_open_event_without_a_pending_step_waits_for_the_next() -> None:
    assert waits_for(WholeOrder(events=[event(1, None)]), RUNNING) == "the next step"


def test_spooled_request_waits_for_the_database_or_for_a_person() -> None:
    aside = ASIDE.format("`mv a-file a-file.json`")
    both = WholeOrder(spooled=[request(set_aside=True), request(set_aside=False)])
    assert waits_for(both, RUNNING) == SPOOLED
    assert waits_for(WholeOrder(spooled=[request(set_aside=True)]), RUNNING) == aside
