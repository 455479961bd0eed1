"""Refunds, chargebacks and credits of Paddle."""

import pytest

from domain.errors import FactInvalidError
from domain.event import EventKind, NotedReason
from domain.facts import (
    Dispute,
    Reading,
    Refund,
    Waits,
)
from tests.storefronts.paddle.bodies import (
    CHARGEBACK,
    REFUND,
    changed,
    kind,
    read,
)


def refund(**more: object) -> Refund:
    changes = {f"data.{path.replace('__', '.')}": each for path, each in more.items()}
    (fact,) = read(changed(REFUND, changes)).facts
    assert isinstance(fact, Refund)
    return fact


def test_partial_refund_is_a_part_with_its_amount_and_its_id() -> None:
    found = refund(type="partial", totals__total="100")

    assert (found.whole, found.amount, found.refund_id) == (
        False,
        100,
        "adj_01kbg5myzke573k7zvt8mwacq3",
    )


def test_refund_of_a_whole_line_is_a_part_of_the_transaction() -> None:
    assert not refund(type="partial").whole


def test_reversed_refund_takes_nothing_back() -> None:
    request = changed(REFUND, {"data.status": "reversed"})

    assert refund(status="reversed").state == "reversed"
    assert kind(request) == EventKind.REFUND_REVERSED


@pytest.mark.parametrize(
    ("action", "status", "state", "named"),
    [
        ("chargeback", "approved", "open", EventKind.DISPUTE),
        ("chargeback", "reversed", "won", EventKind.DISPUTE_WON),
        ("chargeback_reverse", "approved", "won", EventKind.DISPUTE_WON),
    ],
)
def test_chargeback_is_a_dispute_that_its_return_ends(
    action: str, status: str, state: str, named: EventKind
) -> None:
    request = changed(CHARGEBACK, {"data.action": action, "data.status": status})
    (fact,) = read(request).facts

    assert isinstance(fact, Dispute)
    # The return has an id of its own, so nothing but the transaction joins the two.
    assert (fact.state, fact.dispute_id, kind(request)) == (state, None, named)


@pytest.mark.parametrize(
    ("action", "status", "why"),
    [
        ("refund", "pending_approval", NotedReason.REFUND_REQUESTED),
        ("refund", "rejected", NotedReason.REFUND_REJECTED),
        ("chargeback", "pending_approval", NotedReason.DISPUTE),
        ("chargeback", "rejected", NotedReason.DISPUTE),
        ("chargeback_reverse", "pending_approval", NotedReason.DISPUTE),
        ("chargeback_reverse", "reversed", NotedReason.DISPUTE),
        ("chargeback_warning", "approved", NotedReason.INQUIRY),
        ("chargeback_warning_reverse", "approved", NotedReason.INQUIRY),
        ("credit", "approved", NotedReason.CREDIT),
        ("credit_reverse", "approved", NotedReason.CREDIT),
    ],
)
@pytest.mark.parametrize("name", ["adjustment.created", "adjustment.updated"])
def test_other_adjustment_is_noted_with_a_sentence(
    name: str, action: str, status: str, why: NotedReason
) -> None:
    changes = {"event_type": name, "data.action": action, "data.status": status}
    reading = read(changed(CHARGEBACK, changes))

    assert (reading.facts, reading.ends) == ((), Waits(why))
    assert reading.note is not None


@pytest.mark.parametrize("changes", [{"data.action": "gift"}, {"data.status": "lost"}])
def test_adjustment_of_an_unknown_kind_is_an_unknown_event(changes: dict[str, object]) -> None:
    request = changed(REFUND, changes)

    assert read(request) == Reading(ends=Waits(NotedReason.UNKNOWN_EVENT))
    assert kind(request) == EventKind.UNKNOWN


def test_refund_without_its_transaction_tells_a_person() -> None:
    ends = read(changed(REFUND, {"data.transaction_id": None})).ends

    assert isinstance(ends, FactInvalidError)
    assert ends.what == "data.transaction_id must be a text"
