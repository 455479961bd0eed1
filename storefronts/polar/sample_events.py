"""Made-up events of an earlier order, which repeat the ids in its stored body."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from storefronts.polar.sample_documents import event, period_end, read, written
from storefronts.sample import FollowUp
from storefronts.sample_events import SampleEvent

Object = dict[str, Any]


def follow_up(name: SampleEvent, told: FollowUp) -> Object:
    """Return the event. Raises KeyError if Polar has none of this name, or no subscription."""
    make = MADE[name]
    order: Object = json.loads(told.body)["data"]
    if name not in OF_THE_ORDER and order["subscription"] is None:
        raise KeyError(name)
    return make(_with_mark(_with_words(order, told), told), told)


def _with_words(order: Object, told: FollowUp) -> Object:
    """Return the order with a person's words for the event, and the seats of today."""
    seats = told.quantity or told.plan.quantity
    product_id = told.product_id or order["product_id"]
    product = {**order["product"], "id": product_id}
    product |= {} if told.product_name is None else {"name": told.product_name}
    customer = {**order["customer"]}
    customer |= {} if told.email is None else {"email": told.email}
    customer |= {} if told.name is None else {"name": told.name}
    of_order = {"seats": seats, "product_id": product_id, "product": product, "customer": customer}
    subscription = order["subscription"]
    if subscription is not None:
        own = {"seats": seats, "product_id": product_id, "modified_at": written(told.at)}
        of_order["subscription"] = {**subscription, **own}
    return {**order, **of_order}


def _with_mark(order: Object, told: FollowUp) -> Object:
    return order if told.mark is None else {**order, "metadata": {"mark": told.mark}}


def _renewal(order: Object, told: FollowUp) -> Object:
    subscription = order["subscription"]
    start = read(subscription["current_period_end"])
    period = {
        "current_period_start": written(start),
        "current_period_end": written(period_end(start, subscription["recurring_interval_count"])),
    }
    paid = {
        "id": told.new_order_id,
        "created_at": written(told.at),
        "billing_reason": "subscription_cycle",
        "subscription": {**subscription, **period},
    }
    return event("order.paid", {**order, **paid}, told.at)


def _refund(order: Object, told: FollowUp) -> Object:
    whole = {"status": "refunded", "refunded_amount": order["net_amount"]}
    return event("order.refunded", {**order, **whole, "modified_at": written(told.at)}, told.at)


def _partial_refund(order: Object, told: FollowUp) -> Object:
    part = {"status": "partially_refunded", "refunded_amount": order["net_amount"] // 2}
    return event("order.refunded", {**order, **part, "modified_at": written(told.at)}, told.at)


def _cancellation(order: Object, told: FollowUp) -> Object:
    subscription = order["subscription"]
    # The order may be an older one than the last payment.
    newest = period_end(told.paid[-1].paid_at, subscription["recurring_interval_count"])
    ends_at = written(max(read(subscription["current_period_end"]), newest))
    canceled = {
        "cancel_at_period_end": True,
        "canceled_at": written(told.at),
        "ends_at": ends_at,
    }
    return event("subscription.canceled", _subscription(order) | canceled, told.at)


def _ended(order: Object, told: FollowUp) -> Object:
    over = {
        "status": "canceled",
        "canceled_at": written(told.at),
        "ends_at": written(told.at),
        "ended_at": written(told.at),
    }
    return event("subscription.revoked", _subscription(order) | over, told.at)


def _paused(order: Object, told: FollowUp) -> Object:
    paused = {"status": "paused", "paused_at": written(told.at)}
    return event("subscription.paused", _subscription(order) | paused, told.at)


def _resumed(order: Object, told: FollowUp) -> Object:
    return event("subscription.resumed", _subscription(order), told.at)


def _updated(order: Object, told: FollowUp) -> Object:
    return event("subscription.updated", _subscription(order), told.at)


def _subscription(order: Object) -> Object:
    """Return the subscription as an event of its own has it, with customer and product."""
    names = ("customer", "product", "metadata")
    return {**order["subscription"], **{name: order[name] for name in names}}


MADE: Mapping[SampleEvent, Callable[[Object, FollowUp], Object]] = {
    SampleEvent.RENEWAL: _renewal,
    SampleEvent.REFUND: _refund,
    SampleEvent.PARTIAL_REFUND: _partial_refund,
    SampleEvent.CANCELLATION: _cancellation,
    SampleEvent.ENDED: _ended,
    SampleEvent.PAUSED: _paused,
    SampleEvent.RESUMED: _resumed,
    SampleEvent.UPGRADE: _updated,
    SampleEvent.DOWNGRADE: _updated,
    SampleEvent.QUANTITY: _updated,
}
"""The events that Polar has. It tells no dispute, and a failed payment ends a subscription."""

OF_THE_ORDER = frozenset({SampleEvent.REFUND, SampleEvent.PARTIAL_REFUND})
