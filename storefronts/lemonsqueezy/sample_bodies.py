"""Bodies in Lemon Squeezy's form: names, nesting and encoding are the shop's (2026-11)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.calendar_days import months_after
from storefronts.lemonsqueezy.invoices import PREFIX
from storefronts.lemonsqueezy.kinds import ORDER_CREATED, PAYMENT_SUCCESS
from storefronts.sample import SampleSale

API = "https://api.lemonsqueezy.com/v1"
STORE, PRICE = 88504, 4900
Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """An event, and the answers of the shop's API about it: a path, and a body."""

    name: str
    body: bytes
    answers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Bought:
    """A made-up purchase. Its events carry it in the seller's own data, as a page could."""

    order_id: str
    product_id: str
    product_name: str
    email: str
    name: str
    sold_at: str
    quantity: int = 1
    test: bool = False
    subscription_id: str | None = None
    months: int = 1
    mark: str | None = None
    filler: str = ""


def purchase(sale: SampleSale) -> Iterator[Made]:
    """Yield the events of a sale: the order and its subscription, or the invoice of a charge."""
    bought = _bought(sale)
    if sale.is_charge:
        yield renewal(bought, sale.order_id, sale.sold_at)
        return
    yield order_event(ORDER_CREATED, bought, sale.sold_at)
    if sale.subscription_id is not None:
        yield subscription_event("subscription_created", bought, sale.sold_at)


def order_event(name: str, bought: Bought, at: datetime, **changes: Any) -> Made:  # noqa: ANN401 - any JSON
    order = _resource("orders", bought.order_id, _order(bought, at) | changes)
    item = _resource("order-items", "1", order["attributes"]["first_order_item"])
    path = f"/v1/orders/{bought.order_id}?include=order-items"
    return Made(name, _event(name, order, bought), ((path, _answer(order, item)),))


def subscription_event(name: str, bought: Bought, at: datetime, **changes: Any) -> Made:  # noqa: ANN401 - any JSON
    data = _subscription(bought, at, changes)
    return Made(name, _event(name, data, bought), (_answer_about(data),))


def renewal(bought: Bought, order_id: str, at: datetime) -> Made:
    invoice = _invoice(bought, order_id, at)
    about = _answer_about(_subscription(bought, at, {}))
    return Made(PAYMENT_SUCCESS, _event(PAYMENT_SUCCESS, invoice, bought), (about,))


def invoice_event(name: str, bought: Bought, order_id: str, at: datetime, **changes: Any) -> Made:  # noqa: ANN401 - any JSON
    invoice = _invoice(bought, order_id, at)
    invoice["attributes"] |= changes
    return Made(name, _event(name, invoice, bought))


def bought_in(body: bytes) -> Bought:
    """Return the purchase that a made-up event carries."""
    return Bought(**json.loads(json.loads(body)["meta"]["custom_data"]["purchase"]))


def total_of(bought: Bought) -> int:
    return PRICE * bought.quantity


def time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _bought(sale: SampleSale) -> Bought:
    return Bought(
        order_id=sale.order_id,
        product_id=sale.product_id,
        product_name=sale.product_name,
        email=sale.email,
        name=sale.name,
        sold_at=time(sale.sold_at),
        quantity=sale.quantity,
        test=sale.test,
        subscription_id=sale.subscription_id,
        months=sale.months or 1,
        mark=sale.mark,
        filler="x" * sale.padding,
    )


def _event(name: str, data: Attributes, bought: Bought) -> bytes:
    carried = {field: getattr(bought, field) for field in Bought.__slots__}
    custom = {"purchase": json.dumps(carried, separators=(",", ":"))}
    meta = {"test_mode": bought.test, "event_name": name, "custom_data": custom}
    return _encoded({"meta": meta, "data": data})


def _answer(data: Attributes, *included: Attributes) -> bytes:
    more = {"included": list(included)} if included else {}
    return _encoded({"jsonapi": {"version": "1.0"}, "data": data, **more})


def _answer_about(subscription: Attributes) -> tuple[str, bytes]:
    return f"/v1/subscriptions/{subscription['id']}", _answer(subscription)


def _encoded(document: Mapping[str, Any]) -> bytes:
    """Return compact JSON in ASCII. The shop escapes each slash."""
    return json.dumps(document, separators=(",", ":")).replace("/", "\\/").encode()


def _resource(kind: str, number: str, attributes: Attributes) -> Attributes:
    links = {"self": f"{API}/{kind}/{number}"}
    return {"type": kind, "id": number, "attributes": attributes, "links": links}


def _order(bought: Bought, at: datetime) -> Attributes:
    item = {
        "id": 1,
        "order_id": bought.order_id,
        **_product(bought),
        "price": PRICE,
        "quantity": bought.quantity,
    }
    return {
        **_paid(bought, at),
        "created_at": bought.sold_at,
        "order_number": 1,
        "status": "paid",
        "first_order_item": item,
    }


def _invoice(bought: Bought, order_id: str, at: datetime) -> Attributes:
    own = {"subscription_id": bought.subscription_id, "billing_reason": "renewal", "status": "paid"}
    number = order_id.removeprefix(PREFIX)
    return _resource("subscription-invoices", number, {**own, **_paid(bought, at)})


def _paid(bought: Bought, at: datetime) -> Attributes:
    total = total_of(bought)
    return {
        "store_id": STORE,
        "user_name": bought.name,
        "user_email": bought.email,
        "currency": "USD",
        "subtotal": total,
        "tax": 0,
        "total": total,
        "refunded": False,
        "refunded_at": None,
        "refunded_amount": 0,
        "created_at": time(at),
        "updated_at": time(at),
        "test_mode": bought.test,
    }


def _subscription(bought: Bought, at: datetime, changes: Attributes) -> Attributes:
    own = {
        "store_id": STORE,
        "order_id": bought.order_id,
        "order_item_id": 1,
        **_product(bought),
        "user_name": bought.name,
        "user_email": bought.email,
        "status": "active",
        "pause": None,
        "cancelled": False,
        "trial_ends_at": None,
        "first_subscription_item": {"id": 1, "quantity": bought.quantity},
        "renews_at": time(months_after(at, bought.months)),
        "ends_at": None,
        "created_at": bought.sold_at,
        "updated_at": time(at),
        "test_mode": bought.test,
    }
    return _resource("subscriptions", bought.subscription_id or "", own | changes)


def _product(bought: Bought) -> Attributes:
    return {
        "product_id": bought.product_id,
        "variant_id": f"{bought.product_id}-default",
        "product_name": bought.product_name,
        "variant_name": "Default",
    }
