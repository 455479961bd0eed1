"""The kiosk's door: a signature with a time over the whole body, and a key for each event."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.identifiers import is_usable
from storefronts.base import Door, Envelope, Naming, StoredRequest
from storefronts.document import Member, read_document
from storefronts.labeled_secrets import LabeledSecret
from storefronts.signatures import Signature, from_hex, is_recent, utf8_keys

EVENT_KEY = "kiosk-event-id"
SIGNATURE = "kiosk-signature"
TIME = "kiosk-time"
KINDS = {
    "order.placed": EventKind.SALE,
    "order.paid": EventKind.SALE,
    "order.refunded": EventKind.REFUND,
    "subscription.changed": EventKind.SUBSCRIPTION_UPDATED,
}


class KioskDoor(Door):
    name: ClassVar[str] = "kiosk"

    def __init__(self, secrets: Sequence[LabeledSecret]) -> None:
        self._keys = utf8_keys(secrets)

    @override
    def screen(self, envelope: Envelope, at: datetime) -> Signature | None:
        seconds, digests = envelope.header(TIME) or "", envelope.header(SIGNATURE) or ""
        offered = from_hex(digests.split(" "))
        if not is_recent(seconds, at) or not offered:
            return None
        return Signature(f"{seconds}.".encode(), offered, self._keys)

    @override
    def why_refused(self, envelope: Envelope, at: datetime) -> str:
        return "its signature is missing, of another time, or made with another secret"

    @override
    def missing(self) -> str | None:
        return None if self._keys else "KIOSK_WEBHOOK_SECRETS"

    @override
    def name_request(self, request: StoredRequest) -> Naming:
        event_key = self.key_in_header(request)
        try:
            document = read_document(request.body)
            kind = KINDS.get(document["type"].text(), EventKind.UNKNOWN)
            order = document["order"]
            return Naming(kind, _order_id(order), tuple(_product_ids(order)), event_key)
        except SaleInvalidError:
            return Naming(EventKind.UNKNOWN, event_key=event_key)

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
