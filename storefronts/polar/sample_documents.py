"""Made-up orders and subscriptions, with the members and their order of Polar's own (2026-10)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from domain.calendar_days import months_after
from storefronts.sample import SampleSale

PRICE = 2900
VERSION = "2026-10"


def event(name: str, data: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {"type": name, "timestamp": written(at), "api_version": VERSION, "data": data}


def paid_order(sale: SampleSale, organization: str) -> dict[str, Any]:
    """Return the order of a sale. A sale of a subscription is its first payment."""
    customer = _customer(sale, organization)
    product = _product(sale, organization)
    amount = PRICE * sale.quantity
    order = {
        "id": sale.order_id,
        "created_at": written(sale.sold_at),
        "modified_at": None,
        "status": "paid",
        "paid": True,
        "subtotal_amount": amount,
        "discount_amount": 0,
        "net_amount": amount,
        "tax_amount": 0,
        "total_amount": amount,
        "refunded_amount": 0,
        "refunded_tax_amount": 0,
        "currency": "usd",
        "billing_reason": _reason(sale),
        "billing_name": sale.name,
        "invoice_number": f"SAMPLE-{sale.order_id[:8].upper()}",
        "seats": sale.quantity,
        "customer_id": customer["id"],
        "product_id": sale.product_id,
        "subscription_id": sale.subscription_id,
        "metadata": _metadata(sale),
        "customer": customer,
        "product": product,
        "subscription": None,
    }
    if sale.subscription_id is not None:
        order["subscription"] = _subscription(sale, customer, product)
    return order


def period_end(start: datetime, months: int) -> datetime:
    """Return the end of a period, at the time of its start, as Polar counts."""
    return datetime.combine(months_after(start, months).date(), start.timetz())


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _reason(sale: SampleSale) -> str:
    if sale.subscription_id is None:
        return "purchase"
    return "subscription_cycle" if sale.is_charge else "subscription_create"


def _metadata(sale: SampleSale) -> dict[str, Any]:
    mark = {} if sale.mark is None else {"mark": sale.mark}
    return mark | ({"filler": "x" * sale.padding} if sale.padding else {})


def _customer(sale: SampleSale, organization: str) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"mailto:{sale.email}")),
        "created_at": written(sale.sold_at),
        "modified_at": None,
        "metadata": {},
        "external_id": None,
        "email": sale.email,
        "email_verified": False,
        "type": "individual",
        "name": sale.name,
        "billing_name": sale.name,
        "organization_id": organization,
        "deleted_at": None,
    }


def _product(sale: SampleSale, organization: str) -> dict[str, Any]:
    recurs = sale.subscription_id is not None
    return {
        "metadata": {},
        "id": sale.product_id,
        "created_at": written(sale.sold_at),
        "modified_at": None,
        "name": sale.product_name,
        "description": None,
        "recurring_interval": "month" if recurs else None,
        "recurring_interval_count": sale.months or 1 if recurs else None,
        "is_recurring": recurs,
        "is_archived": False,
        "organization_id": organization,
    }


def _subscription(
    sale: SampleSale, customer: dict[str, Any], product: dict[str, Any]
) -> dict[str, Any]:
    months = sale.months or 1
    return {
        "created_at": written(sale.sold_at),
        "modified_at": written(sale.sold_at - timedelta(seconds=1)),
        "id": sale.subscription_id,
        "amount": PRICE * sale.quantity,
        "currency": "usd",
        "recurring_interval": "month",
        "recurring_interval_count": months,
        "status": "active",
        "current_period_start": written(sale.sold_at),
        "current_period_end": written(period_end(sale.sold_at, months)),
        "trial_start": None,
        "trial_end": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "started_at": written(sale.sold_at),
        "ends_at": None,
        "ended_at": None,
        "pause_at_period_end": False,
        "paused_at": None,
        "resumes_at": None,
        "customer_id": customer["id"],
        "product_id": product["id"],
        "seats": sale.quantity,
        "metadata": {},
    }
