"""Made-up objects of Stripe, with the parts that tell a sale's life."""

from datetime import datetime

from storefronts.stripe.sample_orders import Json, SampleOrder, made_id

CURRENCY = "usd"


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def price(order: SampleOrder) -> Json:
    """Return the price. products.yaml may name it, or its product."""
    is_price = order.product_id.startswith("price_")
    made = made_id("prod" if is_price else "price", order.product_id)
    price_id, product_id = (order.product_id, made) if is_price else (made, order.product_id)
    recurring = {"interval": "month", "interval_count": order.months}
    return {
        "id": price_id,
        "object": "price",
        "currency": CURRENCY,
        "livemode": not order.test,
        "lookup_key": None,
        "nickname": None,
        "product": product_id,
        "recurring": recurring if order.subscription_id else None,
        "type": "recurring" if order.subscription_id else "one_time",
        "unit_amount": order.total // order.quantity,
    }


def session(order: SampleOrder) -> Json:
    is_subscription = order.subscription_id is not None
    return {
        "id": order.order_id,
        "object": "checkout.session",
        "amount_subtotal": order.total,
        "amount_total": order.total,
        "created": seconds(order.at),
        "currency": CURRENCY,
        "customer": made_id("cus", order.email) if is_subscription else None,
        "customer_details": {"email": order.email, "name": order.name, "phone": None},
        "customer_email": None,
        "invoice": order.invoice if is_subscription else None,
        "livemode": not order.test,
        "metadata": order.metadata,
        "mode": "subscription" if is_subscription else "payment",
        "payment_intent": None if is_subscription else made_id("pi", order.order_id),
        "payment_status": "paid",
        "status": "complete",
        "subscription": order.subscription_id,
    }


def session_with_lines(order: SampleOrder) -> Json:
    item = {
        "id": made_id("li", order.order_id),
        "object": "item",
        "amount_subtotal": order.total,
        "amount_total": order.total,
        "currency": CURRENCY,
        "description": order.product_name,
        "price": price(order),
        "quantity": order.quantity,
    }
    return {**session(order), "line_items": page(item)}


def page(*entries: Json) -> Json:
    return {"object": "list", "data": [*entries], "has_more": False}


def invoice(order: SampleOrder) -> Json:
    subscribed = {"subscription": order.subscription_id}
    item = {**subscribed, "proration": False, "subscription_item": _item_id(order)}
    own = price(order)
    line = {
        "id": made_id("il", order.invoice),
        "object": "line_item",
        "amount": order.total,
        "currency": CURRENCY,
        "description": f"{order.quantity} × {order.product_name} (at $29.00 / month)",
        "parent": {"subscription_item_details": item, "type": "subscription_item_details"},
        "period": {"start": seconds(order.at), "end": seconds(order.until)},
        "pricing": {
            "price_details": {"price": own["id"], "product": own["product"]},
            "type": "price_details",
        },
        "quantity": order.quantity,
    }
    return {
        "id": order.invoice,
        "object": "invoice",
        "amount_paid": order.total,
        "billing_reason": "subscription_cycle" if order.is_renewal else "subscription_create",
        "created": seconds(order.at),
        "currency": CURRENCY,
        "customer_email": order.email,
        "customer_name": order.name,
        "lines": page(line),
        "livemode": not order.test,
        "metadata": order.metadata,
        "parent": {"subscription_details": subscribed, "type": "subscription_details"},
        "status": "paid",
        "status_transitions": {"paid_at": seconds(order.at)},
        "total": order.total,
    }


def as_of(order: SampleOrder, at: datetime) -> Json:
    """Return the metadata of an object that changes, so that a fake can keep its newest state."""
    return {**order.metadata, "as_of": seconds(at)}


def subscription(order: SampleOrder, at: datetime, **fields: object) -> Json:
    item = {
        "id": _item_id(order),
        "object": "subscription_item",
        "current_period_start": seconds(order.at),
        "current_period_end": seconds(order.until),
        "price": price(order),
        "quantity": order.quantity,
    }
    return {
        "id": order.subscription_id,
        "object": "subscription",
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "items": page(item),
        "livemode": not order.test,
        "metadata": as_of(order, at),
        "pause_collection": None,
        "status": "active",
        **fields,
    }


def _item_id(order: SampleOrder) -> str:
    return made_id("si", str(order.subscription_id))


def charge(order: SampleOrder, back: int, at: datetime) -> Json:
    return {
        "id": made_id("ch", order.order_id),
        "object": "charge",
        "amount": order.total,
        "amount_refunded": back,
        "currency": CURRENCY,
        "livemode": not order.test,
        "metadata": as_of(order, at),
        "payment_intent": made_id("pi", order.order_id),
        "refunded": back == order.total,
        "status": "succeeded",
    }


def refund(order: SampleOrder, amount: int, at: datetime) -> Json:
    return {
        "id": made_id("re", order.order_id),
        "object": "refund",
        "amount": amount,
        "charge": made_id("ch", order.order_id),
        "created": seconds(at),
        "currency": CURRENCY,
        "payment_intent": made_id("pi", order.order_id),
        "status": "succeeded",
    }


def dispute(order: SampleOrder, status: str, at: datetime) -> Json:
    return {
        "id": made_id("du", order.order_id),
        "object": "dispute",
        "amount": order.total,
        "charge": made_id("ch", order.order_id),
        "currency": CURRENCY,
        "livemode": not order.test,
        "metadata": as_of(order, at),
        "payment_intent": made_id("pi", order.order_id),
        "status": status,
    }
