"""Made-up events of an earlier transaction. Each repeats the ids of the transaction."""

from collections.abc import Callable, Mapping

from storefronts.paddle.sample_objects import (
    BUYER,
    JsonObject,
    details,
    period,
    price_object,
    product_object,
    short,
    time,
)
from storefronts.sample import FollowUp
from storefronts.sample_events import SampleEvent


def change(name: SampleEvent, told: FollowUp, order: JsonObject) -> tuple[str, JsonObject]:
    """Return the name and the data of the event. Raises KeyError for an event of no such name."""
    event_type, made = CHANGES[name]
    data = made(told, order)
    if told.mark is not None:
        data["custom_data"] = {**(data.get("custom_data") or {}), "mark": told.mark}
    return event_type, data


def _renewal(told: FollowUp, order: JsonObject) -> JsonObject:
    price = _price(told, order)
    quantity = told.quantity or told.plan.quantity
    line = f"txnitm_{short(told.new_order_id)}"
    months = (price["billing_cycle"] or {}).get("frequency", 1)
    return {
        **order,
        "id": told.new_order_id,
        "items": [{"price": price, "quantity": quantity, "proration": None}],
        "origin": "subscription_recurring",
        "details": details(line, price, quantity),
        "payments": [{"status": "captured", "captured_at": time(told.at)}],
        "billed_at": time(told.at),
        "created_at": time(told.at),
        "custom_data": {BUYER: _buyer(told, order)},
        "customer_id": f"ctm_{short(_buyer(told, order)['email'])}",
        "billing_period": period(told.at, months),
    }


def _refund(told: FollowUp, order: JsonObject) -> JsonObject:
    return _adjustment(told, order, "refund", _total(order), whole=True)


def _partial_refund(told: FollowUp, order: JsonObject) -> JsonObject:
    return _adjustment(told, order, "refund", _total(order) // 2, whole=False)


def _dispute(told: FollowUp, order: JsonObject) -> JsonObject:
    return _adjustment(told, order, "chargeback", _total(order), whole=True)


def _dispute_won(told: FollowUp, order: JsonObject) -> JsonObject:
    return _adjustment(told, order, "chargeback_reverse", _total(order), whole=True)


def _adjustment(
    told: FollowUp, order: JsonObject, action: str, amount: int, *, whole: bool
) -> JsonObject:
    kind, total = "full" if whole else "partial", str(amount)
    items = [
        {"item_id": each["id"], "type": kind, "totals": each["totals"]}
        for each in order["details"]["line_items"]
    ]
    return {
        "id": f"adj_{short(order['id'] + action + time(told.at))}",
        "type": kind,
        "items": items,
        "action": action,
        "reason": "requested_by_customer",
        "status": "approved",
        "totals": {"total": total, "currency_code": order["currency_code"]},
        "created_at": time(told.at),
        "updated_at": time(told.at),
        "customer_id": order["customer_id"],
        "currency_code": order["currency_code"],
        "transaction_id": order["id"],
        "subscription_id": order["subscription_id"],
    }


def _cancellation(told: FollowUp, order: JsonObject) -> JsonObject:
    # The order may be an older one than the last payment. Times of one form compare as texts.
    newest = period(told.paid[-1].paid_at, order["items"][0]["price"]["billing_cycle"]["frequency"])
    ends_at = max(order["billing_period"]["ends_at"], newest["ends_at"])
    scheduled = {"action": "cancel", "effective_at": ends_at, "resume_at": None}
    return {**_subscription(told, order), "next_billed_at": None, "scheduled_change": scheduled}


def _ended(told: FollowUp, order: JsonObject) -> JsonObject:
    over = {"next_billed_at": None, "current_billing_period": None, "canceled_at": time(told.at)}
    return {**_subscription(told, order), "status": "canceled", **over}


def _paused(told: FollowUp, order: JsonObject) -> JsonObject:
    rests = {"status": "paused", "paused_at": time(told.at), "next_billed_at": None}
    return {**_subscription(told, order), **rests}


def _subscription(told: FollowUp, order: JsonObject) -> JsonObject:
    price = _price(told, order)
    item = {
        "price": price,
        "status": "active",
        "product": product_object(price),
        "quantity": told.quantity or told.plan.quantity,
        "recurring": True,
    }
    return {
        "id": order["subscription_id"],
        "items": [item],
        "status": "active",
        "paused_at": None,
        "created_at": order["created_at"],
        "updated_at": time(told.at),
        "canceled_at": None,
        "custom_data": None,
        "customer_id": order["customer_id"],
        "currency_code": order["currency_code"],
        "next_billed_at": order["billing_period"]["ends_at"],
        "scheduled_change": None,
        "current_billing_period": order["billing_period"],
    }


def _price(told: FollowUp, order: JsonObject) -> JsonObject:
    price: JsonObject = order["items"][0]["price"]
    name = told.product_name or price["name"]
    if told.product_id is None:
        return {**price, "name": name}
    return price_object(told.product_id, name, price["billing_cycle"])


def _buyer(told: FollowUp, order: JsonObject) -> JsonObject:
    known: JsonObject = order["custom_data"][BUYER]
    return {"name": told.name or known["name"], "email": told.email or known["email"]}


def _total(order: JsonObject) -> int:
    return int(order["details"]["totals"]["grand_total"])


Made = Callable[[FollowUp, JsonObject], JsonObject]

CHANGES: Mapping[SampleEvent, tuple[str, Made]] = {
    SampleEvent.RENEWAL: ("transaction.completed", _renewal),
    SampleEvent.REFUND: ("adjustment.created", _refund),
    SampleEvent.PARTIAL_REFUND: ("adjustment.created", _partial_refund),
    SampleEvent.DISPUTE: ("adjustment.created", _dispute),
    SampleEvent.DISPUTE_WON: ("adjustment.created", _dispute_won),
    SampleEvent.CANCELLATION: ("subscription.updated", _cancellation),
    SampleEvent.PAUSED: ("subscription.paused", _paused),
    SampleEvent.RESUMED: ("subscription.resumed", _subscription),
    SampleEvent.UPGRADE: ("subscription.updated", _subscription),
    SampleEvent.DOWNGRADE: ("subscription.updated", _subscription),
    SampleEvent.QUANTITY: ("subscription.updated", _subscription),
    SampleEvent.ENDED: ("subscription.canceled", _ended),
}
