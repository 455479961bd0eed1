"""Reads an adjustment: a refund, a chargeback or a credit. Only an approved one counts."""

from collections.abc import Mapping
from typing import Literal

from domain.event import NotedReason
from domain.facts import Dispute, Reading, Refund, Waits
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.paddle.money import amount_or_none
from storefronts.paddle.times import occurred_at

REFUNDS: Mapping[tuple[str, str], Literal["made", "reversed"]] = {
    ("refund", "approved"): "made",
    ("refund", "reversed"): "reversed",
}
DISPUTES: Mapping[tuple[str, str], Literal["open", "won"]] = {
    ("chargeback", "approved"): "open",
    ("chargeback", "reversed"): "won",
    ("chargeback_reverse", "approved"): "won",
}
NOTED: Mapping[tuple[str, str], tuple[NotedReason, str]] = {
    ("refund", "pending_approval"): (
        NotedReason.REFUND_REQUESTED,
        "a refund waits for Paddle's approval; nothing is taken back yet",
    ),
    ("refund", "rejected"): (
        NotedReason.REFUND_REJECTED,
        "Paddle rejected the refund; nothing is taken back",
    ),
    ("chargeback", "pending_approval"): (
        NotedReason.DISPUTE,
        "a chargeback waits for Paddle's approval; nothing is taken back yet",
    ),
    ("chargeback", "rejected"): (
        NotedReason.DISPUTE,
        "Paddle rejected the chargeback; nothing is taken back",
    ),
}
INQUIRY = (NotedReason.INQUIRY, "the buyer's bank warns of a chargeback; nothing is taken back")
CREDIT = (NotedReason.CREDIT, "the buyer got a credit, and keeps the license")
REVERSAL = (
    NotedReason.DISPUTE,
    "the return of a chargeback is not approved, or was undone; look it up at Paddle",
)
NO_FACT = {
    "chargeback_warning": INQUIRY,
    "chargeback_warning_reverse": INQUIRY,
    "credit": CREDIT,
    "credit_reverse": CREDIT,
    "chargeback_reverse": REVERSAL,
}


def read_adjustment(document: Member, request: StoredRequest) -> Reading:
    """Read an adjustment of a known action and status. Raises SaleInvalidError."""
    data = document["data"]
    told = data["action"].text(), data["status"].text()
    if told in REFUNDS:
        return Reading((_refund(document, request, REFUNDS[told]),))
    if told in DISPUTES:
        return Reading((_dispute(document, request, DISPUTES[told]),))
    why, note = NOTED.get(told) or NO_FACT[told[0]]
    return Reading(ends=Waits(why), note=note)


def _refund(document: Member, request: StoredRequest, state: Literal["made", "reversed"]) -> Refund:
    """Read a refund. One of a whole line among several is a part of the whole transaction."""
    data = document["data"]
    return Refund(
        data["transaction_id"].order_identifier(),
        occurred_at(document, request),
        whole=data["type"].text_or_none() == "full",
        amount=amount_or_none(data["totals"]["total"]),
        refund_id=data["id"].identifier(),
        state=state,
    )


def _dispute(document: Member, request: StoredRequest, state: Literal["open", "won"]) -> Dispute:
    """Read a chargeback or its return, which names only the transaction, and no chargeback."""
    order_id = document["data"]["transaction_id"].order_identifier()
    return Dispute(order_id, occurred_at(document, request), state)
