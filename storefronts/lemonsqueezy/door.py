"""Lemon Squeezy's door: a signature of the body alone, without any time."""

from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.questions import UnansweredError
from kit.doors.base import Envelope
from kit.doors.signatures import from_hex
from storefronts.base import Naming, StoredRequest
from storefronts.document import Member
from storefronts.lemonsqueezy.fields import Event, is_absent, money_or_none
from storefronts.lemonsqueezy.invoices import invoice_order, refunded_order
from storefronts.lemonsqueezy.kinds import ORDER_CREATED, ORDER_REFUNDED, PAYMENT_REFUNDED, kind_of
from storefronts.signed_door import SignedDoor, usable_or_none


class LemonSqueezyDoor(SignedDoor):
    name: ClassVar[str] = "lemonsqueezy"
    variable: ClassVar[str] = "LEMONSQUEEZY_WEBHOOK_SECRET"
    header: ClassVar[str] = "x-signature"

    @override
    def signature(self, envelope: Envelope) -> tuple[str | None, bytes, tuple[bytes, ...]]:
        digits = envelope.header(self.header) or ""
        # The shop writes lower case.
        return None, b"", from_hex([digits]) if digits == digits.lower() else ()

    @override
    def name_document(self, document: Member, request: StoredRequest) -> Naming:
        meta = document["meta"]
        event = Event(meta["event_name"].text(), meta, document["data"], request)
        kind = kind_of(event.name, event.attributes)
        return Naming(kind, _order_id(event, kind), _product_ids(event), _key(event))


def _order_id(event: Event, kind: EventKind) -> str | None:
    """Return the order that the event names. No part of a body makes the naming fail."""
    try:
        if event.name in {ORDER_CREATED, ORDER_REFUNDED}:
            return event.id()
        if kind == EventKind.RECURRING_CHARGE:
            return invoice_order(event)
        if event.name == PAYMENT_REFUNDED:
            return refunded_order(event)
        named = event.attributes["order_id"]
        return None if is_absent(named) else named.order_identifier()
    except (SaleInvalidError, UnansweredError):
        return None


def _product_ids(event: Event) -> tuple[str, ...]:
    """Return the product in the body. An order's other lines are only in the shop's API."""
    try:
        attributes = event.attributes
        line = attributes["first_order_item"]
        product = (attributes if is_absent(line) else line)["product_id"].identifier_or_none()
    except SaleInvalidError:
        return ()
    return () if product is None else (product,)


def _key(event: Event) -> str | None:
    """Return the key of the event, which the shop does not send.

    A refund may follow another within a second, so its amount is a part of the key.
    """
    try:
        parts = [
            event.name,
            event.data["type"].text(),
            event.data["id"].identifier(),
            event.attributes["updated_at"].text(),
        ]
        refunded = money_or_none(event.attributes["refunded_amount"])
    except SaleInvalidError:
        return None
    return usable_or_none("/".join([*parts, *([] if refunded is None else [str(refunded)])]))
