"""The kind of a Gumroad ping, told from its fields."""

from collections.abc import Mapping

from domain.errors import SaleInvalidError
from domain.event import Kind
from storefronts import values
from storefronts.gumroad.fields import PingFields

KIND_OF_RESOURCE: Mapping[str, Kind] = {
    "refund": "refund",
    "dispute": "dispute",
    "dispute_won": "dispute_won",
    "cancellation": "cancellation",
    "subscription_updated": "subscription_updated",
    "subscription_ended": "subscription_ended",
    "subscription_restarted": "subscription_restarted",
}


def kind_of(fields: PingFields) -> Kind:
    """Return the ping's kind. Raises SaleInvalidError where a field that decides is unreadable."""
    resource = fields.text("resource_name")
    if resource not in {"", "sale"}:
        return KIND_OF_RESOURCE.get(resource, "unknown")
    # Only the "send test ping" button leaves the resource out. It sends a real customer's last
    # purchase; a purchase that the seller made as a test says `sale` and is one.
    # Where a buyer's words stand in `test`, nobody can tell which, and a guess could mail them.
    if not resource and values.flag("test", fields.own_text("test")):
        return "test_ping"
    if fields.flag("is_preorder_authorization"):
        return "preorder"
    return "recurring_charge" if fields.flag("is_recurring_charge") else "sale"


def kind_or_unknown(fields: PingFields) -> Kind:
    try:
        return kind_of(fields)
    except SaleInvalidError:
        return "unknown"
