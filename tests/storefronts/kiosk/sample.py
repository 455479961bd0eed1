"""Made-up events of the kiosk's shop, with signing headers."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from typing_extensions import override

from kit.doors.signatures import digest
from storefronts.sample import SampleRequest, SampleSale, SampleShop
from tests.storefronts.kiosk.door import EVENT_KEY, SIGNATURE, TIME

PAID_AT = "2026-09-01T12:00:05Z"
BUYER = {"email": "ada.buyer@example.com", "name": "Ada Buyer"}


def line(
    number: int, product_id: int | str, *, quantity: int = 1, plan: str | None = None
) -> dict[str, Any]:
    """Return a line with numbers as ids, and with a price in yen."""
    product = {"id": product_id, "name": f"Product {product_id}"}
    bought = {"id": number, "product": product, "quantity": quantity, "price": 2900}
    return bought if plan is None else {**bought, "plan": plan}


def order(order_id: str, *lines: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {
        "id": order_id,
        "paid_at": PAID_AT,
        "currency": "jpy",
        "lines": list(lines) or None,
        "buyer": BUYER if lines else None,
        "subscription": None,
        **fields,
    }


@dataclass(frozen=True, slots=True)
class KioskEvent:
    """`key` is the shop's own id of the event. A repeated event has the same key."""

    content: dict[str, Any]
    key: str = field(default_factory=lambda: f"evt_{uuid4()}")

    @property
    def body(self) -> bytes:
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode()

    def headers(self, secret: str, at: datetime | None = None) -> dict[str, str]:
        seconds = str(int((at or datetime.now(UTC)).timestamp()))
        signature = digest(secret.encode(), f"{seconds}.".encode(), self.body)
        return {
            "Content-Type": "application/json",
            EVENT_KEY: self.key,
            TIME: seconds,
            SIGNATURE: signature.hex(),
        }


def paid(order_id: str, *lines: dict[str, Any], **fields: object) -> KioskEvent:
    return KioskEvent({"type": "order.paid", "order": order(order_id, *lines, **fields)})


def placed(order_id: str, *lines: dict[str, Any]) -> KioskEvent:
    return KioskEvent({"type": "order.placed", "order": order(order_id, *lines)})


def renewed(order_id: str, *lines: dict[str, Any], **fields: object) -> KioskEvent:
    return KioskEvent({"type": "order.renewed", "order": order(order_id, *lines, **fields)})


def began(subscription: str, order_id: str, **fields: object) -> KioskEvent:
    """Return the event that a subscription belongs to an order."""
    told = {"type": "subscription.began", "order": {"id": order_id}, "at": PAID_AT}
    return KioskEvent({**told, "subscription": {"id": subscription, **fields}})


def changed(subscription: str, **fields: object) -> KioskEvent:
    told = {"type": "subscription.changed", "at": PAID_AT}
    return KioskEvent({**told, "subscription": {"id": subscription, **fields}})


def refunded(order_id: str, amount: int | None = None, *, whole: bool = True) -> KioskEvent:
    refund = {"type": "order.refunded", "order": {"id": order_id}, "at": PAID_AT}
    return KioskEvent({**refund, "amount": amount, "whole": whole})


@dataclass(frozen=True, slots=True)
class KioskSample(SampleShop):
    secret: str = field(repr=False)

    @override
    def new_order_id(self) -> str:
        return f"op_{uuid4()}"

    @override
    def request(self, sale: SampleSale) -> SampleRequest:
        event = KioskEvent(_content(sale), f"evt_{sale.order_id}")
        return SampleRequest({}, event.headers(self.secret), event.body)

    @override
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        return replace(self, secret="wrong").request(sale)

    @override
    def mark_of(self, body: bytes) -> str:
        mark: str = json.loads(body)["mark"]
        return mark


def _content(sale: SampleSale) -> dict[str, Any]:
    bought = line(1, sale.product_id)
    bought["product"]["name"] = sale.product_name
    sold = order(
        sale.order_id,
        bought,
        paid_at=sale.sold_at.isoformat(),
        buyer={"email": sale.email, "name": sale.name},
        subscription=sale.subscription_id,
    )
    return {"type": "order.paid", "order": sold, "mark": sale.mark, "filler": "x" * sale.padding}
