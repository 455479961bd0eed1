"""The names of Polar's events, and the kind of each (API versions 2026-04 to 2027-01)."""

from collections.abc import Mapping

from domain.event import EventKind
from storefronts.document import Member

PAID = "order.paid"
REFUNDED = "order.refunded"
REFUNDS = frozenset({"refund.created", "refund.updated"})
FAILED = frozenset({"failed", "canceled"})
"""The statuses of a refund that did not come about."""

DECIDED = FAILED | {"succeeded"}
"""The statuses of a refund that is made, or will not be made."""

CYCLE = "subscription_cycle"
BILLED: Mapping[str, EventKind] = {
    "purchase": EventKind.SALE,
    "subscription_create": EventKind.SALE,
    CYCLE: EventKind.RECURRING_CHARGE,
    # Proration and usage: the subscription's own events tell what changes.
    "subscription_update": EventKind.KNOWN,
    "subscription_meter_cycle": EventKind.KNOWN,
}
"""The kinds of paid orders by `billing_reason`."""

STATES: Mapping[str, EventKind] = {
    "subscription.updated": EventKind.SUBSCRIPTION_UPDATED,
    "subscription.canceled": EventKind.CANCELLATION,
    "subscription.uncanceled": EventKind.CANCELLATION_UNDONE,
    "subscription.revoked": EventKind.SUBSCRIPTION_ENDED,
    "subscription.paused": EventKind.SUBSCRIPTION_PAUSED,
    "subscription.resumed": EventKind.SUBSCRIPTION_RESUMED,
}
GRANTED = "benefit_grant.created"
NOT_NEEDED = frozenset(
    {
        # `order.created` may say already that the order is paid.
        "order.created",
        "order.updated",
        "subscription.created",
        "subscription.active",
        # It comes whether or not the renewal is paid.
        "subscription.cycled",
        "subscription.past_due",
        "subscription.migrated",
    }
)
GROUPS_NOT_NEEDED = (
    "checkout.",
    "customer.",
    "customer_seat.",
    "member.",
    "product.",
    "benefit.",
    "benefit_grant.",
    "discount.",
    "organization.",
)


def is_not_needed(name: str) -> bool:
    return name in NOT_NEEDED or name.startswith(GROUPS_NOT_NEEDED)


def kind_of(name: str, data: Member) -> EventKind:
    """Return the kind. Raises SaleInvalidError if a deciding field is unreadable."""
    if name == PAID:
        reason = data["billing_reason"].text_or_none() or ""
        return BILLED.get(reason, EventKind.UNKNOWN)
    if name == REFUNDED:
        return EventKind.REFUND
    if name in REFUNDS:
        is_back = data["status"].text_or_none() in FAILED
        return EventKind.REFUND_REVERSED if is_back else EventKind.REFUND
    if name in STATES:
        return STATES[name]
    return EventKind.KNOWN if is_not_needed(name) else EventKind.UNKNOWN
