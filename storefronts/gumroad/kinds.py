"""The kind of a Gumroad ping."""

from collections.abc import Mapping

from domain.errors import SaleInvalidError
from domain.event import EventKind
from storefronts import values
from storefronts.gumroad.fields import PingFields

KIND_OF_RESOURCE: Mapping[str, EventKind] = {
    "refund": EventKind.REFUND,
    "dispute": EventKind.DISPUTE,
    "dispute_won": EventKind.DISPUTE_WON,
    "cancellation": EventKind.CANCELLATION,
    "subscription_updated": EventKind.SUBSCRIPTION_UPDATED,
    "subscription_ended": EventKind.SUBSCRIPTION_ENDED,
    "subscription_restarted": EventKind.SUBSCRIPTION_RESTARTED,
}


def kind_of(fields: PingFields) -> EventKind:
    """Return the ping's kind. Raises SaleInvalidError if a deciding field is unreadable."""
    resource = fields.text("resource_name")
    if resource not in {"", "sale"}:
        return KIND_OF_RESOURCE.get(resource, EventKind.UNKNOWN)
    # Only the "send test ping" button leaves the resource out; it sends a real customer's last
    # purchase. The seller's own test purchase says `sale` and is a sale. If a buyer has overwritten
    # `test`, a guess could mail that customer.
    if not resource and values.flag("test", fields.own_text("test")):
        return EventKind.TEST_PING
    if fields.flag("is_preorder_authorization"):
        return EventKind.PREORDER
    is_charge = fields.flag("is_recurring_charge")
    return EventKind.RECURRING_CHARGE if is_charge else EventKind.SALE


def kind_or_unknown(fields: PingFields) -> EventKind:
    try:
        return kind_of(fields)
    except SaleInvalidError:
        return EventKind.UNKNOWN
