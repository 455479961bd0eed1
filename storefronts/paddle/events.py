"""The names of Paddle's events, and what each is about (2026-11)."""

import re
from collections.abc import Mapping

from domain.event import EventKind
from storefronts.document import Member

COMPLETED = "transaction.completed"
ADJUSTMENTS = frozenset({"adjustment.created", "adjustment.updated"})
SALES = frozenset({"web", "api"})
RENEWAL = "subscription_recurring"
CHANGES = frozenset(
    {"subscription_update", "subscription_charge", "subscription_payment_method_change"}
)
"""The origins of payments for a change. Their quantities are only what was added."""

SUBSCRIPTIONS: Mapping[str, EventKind] = {
    "subscription.created": EventKind.SUBSCRIPTION_LINKED,
    "subscription.updated": EventKind.SUBSCRIPTION_UPDATED,
    "subscription.canceled": EventKind.SUBSCRIPTION_ENDED,
    "subscription.paused": EventKind.SUBSCRIPTION_PAUSED,
    "subscription.resumed": EventKind.SUBSCRIPTION_RESUMED,
}
_NOT_NEEDED = re.compile(
    r"transaction\.(?:paid|created|ready|billed|updated|revised|canceled|past_due|payment_failed)"
    r"|subscription\.(?:activated|trialing|past_due|imported)"
    r"|customer\.(?:created|updated)"
    r"|(?:address|business|product|price|discount|payout|payment_method|report|api_key"
    r"|client_token|api_key_exposure)\.[a-z_]{1,60}"
)
SIMULATED = "ntfsim"

REFUNDS: Mapping[str, EventKind] = {
    "approved": EventKind.REFUND,
    "pending_approval": EventKind.REFUND,
    "rejected": EventKind.REFUND,
    "reversed": EventKind.REFUND_REVERSED,
}
CHARGEBACKS: Mapping[str, EventKind] = {
    "approved": EventKind.DISPUTE,
    "pending_approval": EventKind.DISPUTE,
    "rejected": EventKind.DISPUTE,
    "reversed": EventKind.DISPUTE_WON,
}
WON = dict.fromkeys(CHARGEBACKS, EventKind.DISPUTE_WON)
CHANGES_NOTHING = dict.fromkeys(CHARGEBACKS, EventKind.KNOWN)
ACTIONS: Mapping[str, Mapping[str, EventKind]] = {
    "refund": REFUNDS,
    "chargeback": CHARGEBACKS,
    "chargeback_reverse": WON,
    "chargeback_warning": CHANGES_NOTHING,
    "chargeback_warning_reverse": CHANGES_NOTHING,
    "credit": CHANGES_NOTHING,
    "credit_reverse": CHANGES_NOTHING,
}
"""The kinds of adjustments by action and status."""


def kind_of(document: Member) -> EventKind:
    """Return the kind of an event. Raises SaleInvalidError."""
    name, data = document["event_type"].text(), document["data"]
    if name == COMPLETED:
        return kind_of_payment(data)
    if name in ADJUSTMENTS:
        kinds = ACTIONS.get(data["action"].text(), {})
        return kinds.get(data["status"].text(), EventKind.UNKNOWN)
    if is_not_needed(name):
        return EventKind.KNOWN
    if name == "subscription.updated" and is_canceled_later(data):
        return EventKind.CANCELLATION
    return SUBSCRIPTIONS.get(name, EventKind.UNKNOWN)


def kind_of_payment(data: Member) -> EventKind:
    origin = data["origin"].text()
    if origin in SALES:
        return EventKind.SALE
    if origin == RENEWAL:
        return EventKind.RECURRING_CHARGE
    return EventKind.KNOWN if origin in CHANGES else EventKind.UNKNOWN


def is_not_needed(name: str) -> bool:
    return _NOT_NEEDED.fullmatch(name) is not None


def is_canceled_later(data: Member) -> bool:
    """Tell whether the subscription ends with its paid time, by a scheduled cancellation."""
    return data["scheduled_change"]["action"].text_or_none() == "cancel"


def is_simulated(document: Member) -> bool:
    """Tell whether Paddle's simulator sent the event, signed with the destination's own secret."""
    ids = (document[name].text_or_none() or "" for name in ("notification_id", "event_id"))
    return any(text.startswith(SIMULATED) for text in ids)
