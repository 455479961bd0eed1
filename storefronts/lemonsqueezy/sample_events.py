"""Made-up events of an earlier order or subscription."""

import json
from dataclasses import replace
from datetime import datetime

from domain.calendar_days import months_after
from storefronts.lemonsqueezy.kinds import ORDER_REFUNDED, PAYMENT_REFUNDED
from storefronts.lemonsqueezy.sample_bodies import (
    Attributes,
    Bought,
    Made,
    bought_in,
    invoice_event,
    order_event,
    renewal,
    subscription_event,
    time,
    total_of,
)
from storefronts.sample import FollowUp
from storefronts.sample_events import SampleEvent


def follow_up(name: SampleEvent, told: FollowUp) -> Made:
    """Return the event of an order's body. The body of a renewal is that of an invoice."""
    bought = _bought(told)
    match name:
        case SampleEvent.RENEWAL:
            return renewal(bought, told.new_order_id, told.at)
        case SampleEvent.REFUND:
            return _refund(told, _as_paid(told), total_of(_as_paid(told)))
        case SampleEvent.PARTIAL_REFUND:
            return _refund(told, _as_paid(told), total_of(_as_paid(told)) // 2)
        case _:
            event, changes = _change(name, told)
            return subscription_event(event, bought, told.at, **changes)


def _change(name: SampleEvent, told: FollowUp) -> tuple[str, Attributes]:
    """Return the event of a changed subscription, with its changed fields."""
    paid = _paid_time(told)
    over = {"cancelled": True, "ends_at": paid["renews_at"]}
    rests = {"status": "paused", "pause": {"mode": "void", "resumes_at": None}}
    changes = {
        SampleEvent.UPGRADE: ("subscription_updated", paid),
        SampleEvent.DOWNGRADE: ("subscription_updated", paid),
        SampleEvent.QUANTITY: ("subscription_updated", paid),
        SampleEvent.CANCELLATION: ("subscription_cancelled", {"status": "cancelled", **over}),
        SampleEvent.ENDED: (
            "subscription_expired",
            {"status": "expired", "cancelled": True, "ends_at": time(told.at)},
        ),
        SampleEvent.PAUSED: ("subscription_paused", {**rests, **paid}),
        SampleEvent.RESUMED: ("subscription_unpaused", paid),
    }
    return changes[name]


def _bought(told: FollowUp) -> Bought:
    """Return the purchase as it is today, with a person's words for the event."""
    known = bought_in(told.body)
    return replace(
        known,
        product_id=told.product_id or known.product_id,
        product_name=told.product_name or known.product_name,
        email=told.email or known.email,
        name=told.name or known.name,
        quantity=told.quantity or told.plan.quantity,
        mark=told.mark,
        filler="",
    )


def _as_paid(told: FollowUp) -> Bought:
    """Return the purchase with the quantity of the payment, whose money goes back."""
    return replace(_bought(told), quantity=bought_in(told.body).quantity)


def _paid_time(told: FollowUp) -> Attributes:
    """Return the end of the newest payment's period."""
    months = bought_in(told.body).months
    return {"renews_at": time(months_after(told.paid[-1].paid_at, months))}


def _refund(told: FollowUp, bought: Bought, amount: int) -> Made:
    is_whole = amount == total_of(bought)
    back = {
        "status": "refunded" if is_whole else "partial_refund",
        "refunded": is_whole,
        "refunded_amount": amount,
        "refunded_at": time(told.at),
    }
    data = json.loads(told.body)["data"]
    if data["type"] == "orders":
        return order_event(ORDER_REFUNDED, bought, told.at, **back)
    paid_at = datetime.fromisoformat(data["attributes"]["created_at"])
    order_id = str(data["id"])
    return invoice_event(
        PAYMENT_REFUNDED, bought, order_id, paid_at, **back, updated_at=time(told.at)
    )
