"""Disputes, by their status of today."""

from typing import Literal

from domain.event import EventKind, NotedReason
from domain.facts import Dispute, Reading, Waits
from storefronts.base import Naming
from storefronts.document import Member
from storefronts.stripe import questions
from storefronts.stripe.events import StripeEvent
from storefronts.stripe.orders import known_order_of, order_of

CREATED, CLOSED = "charge.dispute.created", "charge.dispute.closed"
OPEN = frozenset({"needs_response", "under_review", "appeal_needs_response", "appeal_under_review"})
INQUIRIES = frozenset({"warning_needs_response", "warning_under_review"})
NOTHING_TAKEN = frozenset({"warning_closed", "prevented"})
State = Literal["open", "won", "lost"]
KINDS: dict[State | None, EventKind] = {
    "won": EventKind.DISPUTE_WON,
    "lost": EventKind.DISPUTE_LOST,
}


def name_dispute(event: StripeEvent) -> Naming:
    dispute = event.known(questions.dispute(event.object_id))
    if dispute is None:
        return Naming(EventKind.DISPUTE, event_key=event.key)
    kind = KINDS.get(_state(event, dispute), EventKind.DISPUTE)
    return Naming(kind, known_order_of(dispute, event.request), event_key=event.key)


def read_dispute(event: StripeEvent) -> Reading:
    dispute = event.newest(questions.dispute(event.object_id))
    state, status = _state(event, dispute), dispute["status"].text()
    if state is None:
        is_inquiry = status in INQUIRIES | NOTHING_TAKEN
        return Reading(ends=Waits(NotedReason.INQUIRY if is_inquiry else NotedReason.DISPUTE))
    order_id = order_of(dispute, event.request)
    return Reading((Dispute(order_id, event.at, state, dispute["id"].identifier()),))


def _state(event: StripeEvent, dispute: Member) -> State | None:
    """Return the state; None: nothing was taken, so that nothing comes back either."""
    status = dispute["status"].text()
    if status in OPEN:
        return "open"
    if status == "lost":
        return "lost"
    if status == "won" or (status in NOTHING_TAKEN and event.name == CLOSED):
        return "won"
    return None
