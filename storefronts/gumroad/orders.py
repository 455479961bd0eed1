"""Refunds and disputes, told by an event of their own or by the flags of a sale."""

from collections.abc import Iterator

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.facts import Dispute, Refund
from domain.identifiers import LONGEST, is_usable_order_id
from storefronts import values
from storefronts.base import StoredRequest
from storefronts.gumroad.fields import PingFields


def flagged(fields: PingFields, ping: StoredRequest) -> Iterator[Refund | Dispute]:
    """Yield the facts in the flags that each ping with an order has. Odd flags are not set."""
    order_id = fields.usable("sale_id", is_usable_order_id)
    if order_id is None:
        return
    # A ping has no own time, only the time of the sale.
    at = values.arrival(ping.received_at, ping.read_at)
    if _is_set(fields, "refunded"):
        yield Refund(order_id, at, whole=True)
    won = _is_set(fields, "dispute_won")
    if won or _is_set(fields, "disputed"):
        yield Dispute(order_id, at, "won" if won else "open")


def refund_or_dispute(fields: PingFields, ping: StoredRequest, kind: EventKind) -> Refund | Dispute:
    """Read an event of its own. Raises SaleInvalidError."""
    order_id = fields.own_text("sale_id")
    if not is_usable_order_id(order_id):
        raise SaleInvalidError(
            f"sale_id must be 1 to {LONGEST} printable characters without a colon"
        )
    at = values.arrival(ping.received_at, ping.read_at)
    if kind == EventKind.REFUND:
        # A refund of a part says `refunded=false` and no amount.
        return Refund(order_id, at, whole=values.flag("refunded", fields.own_text("refunded")))
    won = kind == EventKind.DISPUTE_WON or _is_set(fields, "dispute_won")
    return Dispute(order_id, at, "won" if won else "open")


def _is_set(fields: PingFields, name: str) -> bool:
    try:
        return fields.flag(name)
    except SaleInvalidError:
        return False
