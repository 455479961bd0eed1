"""Made-up orders: what the objects of Stripe say about them.

The order's metadata keep what a later event needs and no object of the stored event tells.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from domain.license import Term
from storefronts.sample import FollowUp, SampleSale

Json: TypeAlias = dict[str, Any]

PRICE_OF_ONE = 2900


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """A made-up order, or the renewal of one.

    `first` is the id of the subscription's session; empty: a renewal whose first order is unknown.
    """

    order_id: str
    first: str
    product_id: str
    product_name: str
    email: str
    name: str
    at: datetime
    quantity: int
    months: int
    subscription_id: str | None
    test: bool
    mark: str | None = None
    padding: int = 0

    @property
    def total(self) -> int:
        return PRICE_OF_ONE * self.quantity

    @property
    def until(self) -> datetime:
        end = Term(self.months).end(self.at)
        assert end is not None  # noqa: S101 - a term in months ends
        return end

    @property
    def is_renewal(self) -> bool:
        return self.order_id != self.first

    @property
    def invoice(self) -> str:
        """The id of the invoice. It is the id of a renewal."""
        return self.order_id if self.is_renewal else made_id("in", self.order_id)

    @property
    def metadata(self) -> Json:
        return {
            "first": self.first,
            "product_id": self.product_id,
            "product_name": self.product_name,
            "quantity": str(self.quantity),
            "months": str(self.months),
            "mark": self.mark,
            "filler": "x" * self.padding,
        }


def made_id(kind: str, of: str) -> str:
    """Return an id in Stripe's form, always the same for the same object."""
    return f"{kind}_{sha256(f'{kind} {of}'.encode()).hexdigest()[:24]}"


def order_of_sale(sale: SampleSale) -> SampleOrder:
    return SampleOrder(
        order_id=sale.order_id,
        first="" if sale.is_charge else sale.order_id,
        product_id=sale.product_id,
        product_name=sale.product_name,
        email=sale.email,
        name=sale.name,
        at=sale.sold_at,
        quantity=sale.quantity,
        months=sale.months or 1,
        subscription_id=sale.subscription_id,
        test=sale.test,
        mark=sale.mark,
        padding=sale.padding,
    )


def order_in(told: FollowUp) -> SampleOrder:
    """Return the earlier order, as its stored event tells it."""
    event = json.loads(told.body)
    known, kept = event["data"]["object"], event["data"]["object"]["metadata"]
    buyer = known.get("customer_details") or {}
    details = (known.get("parent") or {}).get("subscription_details") or known
    return SampleOrder(
        order_id=known["id"],
        first=kept["first"],
        product_id=kept["product_id"],
        product_name=kept["product_name"],
        email=buyer.get("email") or known["customer_email"],
        name=buyer.get("name") or known["customer_name"],
        at=datetime.fromtimestamp(event["created"], UTC),
        quantity=int(kept["quantity"]),
        months=int(kept["months"]),
        subscription_id=details["subscription"],
        test=not event["livemode"],
        mark=told.mark,
    )


def changed(order: SampleOrder, told: FollowUp) -> SampleOrder:
    """Return the order with the plan of today, and with a person's words for the event."""
    return replace(
        order,
        product_id=told.product_id or order.product_id,
        product_name=told.product_name or told.product_id or order.product_name,
        email=told.email or order.email,
        name=told.name or order.name,
        quantity=told.quantity or told.plan.quantity,
    )
