"""The state of a subscription, as its cancellation, change, end or restart tells it."""

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.facts import SubscriptionState
from domain.identifiers import LONGEST, is_usable
from domain.sale import Product
from domain.text import plain_text
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.gumroad.fields import PingFields
from storefronts.gumroad.payments import MOST_COPIES
from storefronts.gumroad.times import FURTHEST_AHEAD, told_time, unless_doubtful, written_at

PAID_IN_FULL = "fixed_subscription_period_ended"
TIER = "Tier"
"""The category of a membership's tiers, as a sale's `variants[Tier]` names it."""


def state_of(fields: PingFields, ping: StoredRequest, kind: EventKind) -> SubscriptionState:
    """Read an event about a subscription. Raises SaleInvalidError.

    Only the subscription's id must be usable. Without a usable time, the arrival counts.
    """
    subscription_id = fields.own_text("subscription_id")
    if not is_usable(subscription_id):
        raise SaleInvalidError(f"subscription_id must be 1 to {LONGEST} printable characters")
    match kind:
        case EventKind.CANCELLATION:
            return _canceled(subscription_id, fields, ping)
        case EventKind.SUBSCRIPTION_ENDED:
            return _ended(subscription_id, fields, ping)
        case EventKind.SUBSCRIPTION_RESTARTED:
            return _restarted(subscription_id, fields, ping)
        case _:
            return _updated(subscription_id, fields, ping)


def _canceled(subscription_id: str, fields: PingFields, ping: StoredRequest) -> SubscriptionState:
    """Read a cancellation by buyer, seller or Gumroad, or after failed payments: all mean the same.

    `cancelled_at` is the end of the paid time and mostly lies ahead.
    """
    ends_at, note = told_time("cancelled_at", fields, ping, ahead=FURTHEST_AHEAD)
    written = written_at(fields, ping)
    return SubscriptionState(
        subscription_id,
        written if ends_at is None else min(ends_at, written),
        renews=False,
        ends_at=ends_at,
        note=note,
    )


def _ended(subscription_id: str, fields: PingFields, ping: StoredRequest) -> SubscriptionState:
    # After the last payment of a fixed number, the buyer has paid for all.
    in_full = fields.usable("ended_reason", lambda reason: reason == PAID_IN_FULL) is not None
    at, note = told_time("ended_at", fields, ping)
    return SubscriptionState(
        subscription_id,
        at or written_at(fields, ping),
        renews=False,
        ended=None if in_full else True,
        note=note,
    )


def _restarted(subscription_id: str, fields: PingFields, ping: StoredRequest) -> SubscriptionState:
    at, note = told_time("restarted_at", fields, ping)
    at = at or written_at(fields, ping)
    return SubscriptionState(subscription_id, at, renews=True, ended=False, note=note)


def _updated(subscription_id: str, fields: PingFields, ping: StoredRequest) -> SubscriptionState:
    """Read an upgrade or a downgrade. A downgrade mostly takes effect at the next charge."""
    at, no_time = told_time("effective_as_of", fields, ping, ahead=FURTHEST_AHEAD)
    product, no_product = unless_doubtful(lambda: _new_product(fields))
    seats, no_seats = unless_doubtful(lambda: _new_quantity(fields))
    if product is None and seats is None:
        raise SaleInvalidError("new_plan must have the name of a tier, or a quantity")
    notes = [note for note in (no_time, no_product, no_seats) if note is not None]
    return SubscriptionState(
        subscription_id,
        at or written_at(fields, ping),
        seats=seats,
        product=product,
        note="; ".join(notes) or None,
    )


def _new_product(fields: PingFields) -> Product | None:
    """Return the product with its new tier; None without one, because no tier is a tier too."""
    tier = fields.nested("new_plan[tier][name]")
    if not tier:
        return None
    product_id = values.identifier("product_id", fields.own_text("product_id"))
    name = plain_text(fields.text("product_name")) or product_id
    return Product(product_id, name, variants=((TIER, tier),))


def _new_quantity(fields: PingFields) -> int | None:
    name = "new_plan[quantity]"
    text = fields.nested(name)
    return values.whole_number(name, text, 1, MOST_COPIES) if text else None
