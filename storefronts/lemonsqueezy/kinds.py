"""The names of Lemon Squeezy's events, and the kind of each (2026-11)."""

from collections.abc import Mapping

from domain.event import EventKind
from storefronts.document import Member

ORDER_CREATED = "order_created"
ORDER_REFUNDED = "order_refunded"
PAYMENT_SUCCESS = "subscription_payment_success"
PAYMENT_REFUNDED = "subscription_payment_refunded"
LICENSE_KEY_CREATED = "license_key_created"

PAID = frozenset({"paid", "refunded", "partial_refund"})
"""The states of an order that was paid. A refund is a fact of its own."""

NEVER_PAID = frozenset({"failed", "fraudulent"})

OF_SUBSCRIPTIONS: Mapping[str, EventKind] = {
    "subscription_created": EventKind.SUBSCRIPTION_LINKED,
    "subscription_updated": EventKind.SUBSCRIPTION_UPDATED,
    "subscription_cancelled": EventKind.CANCELLATION,
    "subscription_resumed": EventKind.CANCELLATION_UNDONE,
    "subscription_expired": EventKind.SUBSCRIPTION_ENDED,
    "subscription_paused": EventKind.SUBSCRIPTION_PAUSED,
    "subscription_unpaused": EventKind.SUBSCRIPTION_RESUMED,
}
DISPUTES = frozenset({"dispute_created", "dispute_resolved"})
NOT_NEEDED = frozenset(
    {
        LICENSE_KEY_CREATED,
        "license_key_updated",
        "subscription_payment_failed",
        # The shop sends the same invoice as a success.
        "subscription_payment_recovered",
        "subscription_plan_changed",
        "customer_updated",
        "affiliate_activated",
    }
)


def kind_of(name: str, attributes: Member) -> EventKind:
    if name in OF_SUBSCRIPTIONS:
        return OF_SUBSCRIPTIONS[name]
    if name in DISPUTES:
        return EventKind.DISPUTE
    match name:
        case "order_created":
            return _kind_of_order(attributes["status"].text())
        case "order_refunded" | "subscription_payment_refunded":
            return EventKind.REFUND
        case "subscription_payment_success":
            is_renewal = attributes["billing_reason"].text() == "renewal"
            return EventKind.RECURRING_CHARGE if is_renewal else EventKind.KNOWN
        case _:
            return EventKind.KNOWN if name in NOT_NEEDED else EventKind.UNKNOWN


def _kind_of_order(status: str) -> EventKind:
    if status in PAID:
        return EventKind.SALE
    return EventKind.KNOWN if status in NEVER_PAID else EventKind.PENDING_SALE
