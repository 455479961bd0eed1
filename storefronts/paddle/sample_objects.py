"""Made-up transactions and customers in Paddle's format."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from domain.license import Term
from storefronts.sample import SampleSale

JsonObject: TypeAlias = dict[str, Any]

PRICE = 2900
BUYER = "sample_buyer"
"""The field of `custom_data` with the buyer, so that a later event can tell the same answer."""


def transaction(sale: SampleSale) -> JsonObject:
    """Return a completed transaction of one line."""
    price = price_object(sale.product_id, sale.product_name, _interval(sale))
    line = f"txnitm_{short(sale.order_id)}"
    return {
        "id": sale.order_id,
        "items": [{"price": price, "quantity": sale.quantity, "proration": None}],
        "origin": "subscription_recurring" if sale.is_charge else "web",
        "status": "completed",
        "details": details(line, price, sale.quantity),
        "payments": [{"status": "captured", "captured_at": time(sale.sold_at)}],
        "billed_at": time(sale.sold_at),
        "created_at": time(sale.sold_at),
        "custom_data": _custom_data(sale),
        "customer_id": f"ctm_{short(sale.email)}",
        "currency_code": "USD",
        "billing_period": _period(sale),
        "invoice_number": f"1-{int(short(sale.order_id), 16) % 10**6}",
        "collection_mode": "automatic",
        "subscription_id": sale.subscription_id,
    }


def price_object(product_id: str, name: str, interval: JsonObject | None) -> JsonObject:
    is_price = product_id.startswith("pri_")
    return {
        "id": product_id if is_price else f"pri_{short(product_id)}",
        "name": name,
        "type": "standard",
        "product_id": f"pro_{short(product_id)}" if is_price else product_id,
        "unit_price": {"amount": str(PRICE), "currency_code": "USD"},
        "description": name,
        "billing_cycle": interval,
    }


def product_object(price: JsonObject) -> JsonObject:
    return {"id": price["product_id"], "name": price["name"], "type": "standard"}


def details(line: str, price: JsonObject, quantity: int) -> JsonObject:
    total = str(PRICE * quantity)
    totals = {"tax": "0", "total": total, "discount": "0", "subtotal": total}
    line_item = {
        "id": line,
        "totals": totals,
        "product": product_object(price),
        "price_id": price["id"],
        "quantity": quantity,
    }
    whole = {**totals, "grand_total": total, "currency_code": "USD"}
    return {"totals": whole, "line_items": [line_item]}


def customer_answer(customer_id: str, buyer: JsonObject) -> tuple[str, bytes]:
    """Return what Paddle's API knows of the buyer, under the path of the question."""
    data = {"id": customer_id, **buyer, "status": "active"}
    body = json.dumps({"data": data, "meta": {"request_id": "sample"}}, separators=(",", ":"))
    return f"/customers/{customer_id}", body.encode()


def short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:26]


def time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def period(starts_at: datetime, months: int) -> JsonObject:
    end = Term(months).end(starts_at)
    assert end is not None  # noqa: S101 - a term in months ends
    ends_at = datetime.combine(end.date(), starts_at.timetz())
    return {"ends_at": time(ends_at), "starts_at": time(starts_at)}


def _period(sale: SampleSale) -> JsonObject | None:
    return None if sale.subscription_id is None else period(sale.sold_at, sale.months or 1)


def _interval(sale: SampleSale) -> JsonObject | None:
    if sale.subscription_id is None:
        return None
    return {"interval": "month", "frequency": sale.months or 1}


def _custom_data(sale: SampleSale) -> JsonObject:
    marked = {} if sale.mark is None else {"mark": sale.mark}
    padded = {"filler": "x" * sale.padding} if sale.padding else {}
    return {BUYER: {"name": sale.name, "email": sale.email}, **marked, **padded}
