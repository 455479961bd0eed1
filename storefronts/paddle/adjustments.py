"""Reads an adjustment: a refund, a chargeback or a credit. Only an approved one counts."""

from collections.abc import Mapping

from domain.event import EventKind, NotedReason
from domain.facts import Dispute, Reading, Refund, Waits
from storefronts.base import StoredRequest
from storefronts.document import Member
from storefronts.paddle.events import kind_of
from storefronts.paddle.money import amount_or_none
from storefronts.paddle.times import occurred_at

REFUNDED = (EventKind.REFUND, EventKind.REFUND_REVERSED)
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
    action, status = data["action"].text(), data["status"].text()
    kind = kind_of(document)
    if kind in REFUNDED and status in {"approved", "reversed"}:
        return Reading((_refund(document, request),))
    if (action == "chargeback" and status in {"approved", "reversed"}) or (
        action == "chargeback_reverse" and status == "approved"
    ):
        return Reading((_dispute(document, request, kind),))
    why, note = NOTED.get((action, status)) or NO_FACT[action]
    return Reading(ends=Waits(why), note=note)


def _refund(document: Member, request: StoredRequest) -> Refund:
    """Read a refund. One of a whole line among several is a part of the whole transaction."""
    data = document["data"]
    return Refund(
        data["transaction_id"].order_identifier(),
        occurred_at(document, request),
        whole=data["type"].text_or_none() == "full",
        amount=amount_or_none(data["totals"]["total"]),
        refund_id=data["id"].identifier(),
        state="reversed" if data["status"].text() == "reversed" else "made",
    )


def _dispute(document: Member, request: StoredRequest, kind: EventKind) -> Dispute:
    """Read a chargeback or its return, which names only the transaction, and no chargeback."""
    return Dispute(
        document["data"]["transaction_id"].order_identifier(),
        occurred_at(document, request),
        "won" if kind == EventKind.DISPUTE_WON else "open",
    )
