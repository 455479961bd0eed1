"""The kiosk's door: a signature with a time over the whole body, and a key for each event."""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.identifiers import is_usable
from kit.doors.base import Envelope
from kit.doors.signatures import from_hex
from storefronts.base import Naming, StoredRequest
from storefronts.document import Member
from storefronts.signed_door import SignedDoor

EVENT_KEY = "kiosk-event-id"
SIGNATURE = "kiosk-signature"
TIME = "kiosk-time"
KINDS = {
    "order.placed": EventKind.SALE,
    "order.paid": EventKind.SALE,
    "order.renewed": EventKind.RECURRING_CHARGE,
    "order.refunded": EventKind.REFUND,
    "subscription.began": EventKind.SUBSCRIPTION_LINKED,
    "subscription.changed": EventKind.SUBSCRIPTION_UPDATED,
}


class KioskDoor(SignedDoor):
    name: ClassVar[str] = "kiosk"
    variable: ClassVar[str] = "KIOSK_WEBHOOK_SECRETS"
    header: ClassVar[str] = SIGNATURE

    @override
    def signature(self, envelope: Envelope) -> tuple[str | None, bytes, tuple[bytes, ...]]:
        seconds, digests = envelope.header(TIME) or "", envelope.header(SIGNATURE) or ""
        return seconds, f"{seconds}.".encode(), from_hex(digests.split(" "))

    @override
    def name_document(self, document: Member, request: StoredRequest) -> Naming:
        kind = KINDS.get(document["type"].text(), EventKind.UNKNOWN)
        order, key = document["order"], self.key_in_header(request)
        return Naming(kind, _order_id(order), tuple(_product_ids(order)), key)

    @override
    def key_in_header(self, request: StoredRequest) -> str | None:
        key = request.header(EVENT_KEY)
        return key if key is not None and is_usable(key) else None


def _order_id(order: Member) -> str | None:
    try:
        return order["id"].order_identifier()
    except SaleInvalidError:
        return None


def _product_ids(order: Member) -> Iterator[str]:
    lines = order["lines"]
    if lines.is_missing() or lines.is_null():
        return
    for line in lines.items():
        yield line["product"]["id"].identifier()
