"""Paddle's door: the header `Paddle-Signature: ts=UNIX;h1=HEX[;h1=HEX]`."""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.identifiers import is_usable_order_id
from kit.doors.base import Envelope
from kit.doors.signatures import from_hex
from storefronts.base import Naming, StoredRequest
from storefronts.document import Member
from storefronts.paddle.events import kind_of
from storefronts.signed_door import SignedDoor, usable_or_none

SCHEME = "h1"
"""The known scheme. Other parts of the header are passed over, because Paddle may add some."""


class PaddleDoor(SignedDoor):
    name: ClassVar[str] = "paddle"
    variable: ClassVar[str] = "PADDLE_WEBHOOK_SECRET"
    header: ClassVar[str] = "paddle-signature"

    @override
    def signature(self, envelope: Envelope) -> tuple[str | None, bytes, tuple[bytes, ...]]:
        parts = [*_parts(envelope.header(self.header) or "")]
        times = [text for name, text in parts if name == "ts"]
        seconds = times[0] if len(times) == 1 else ""
        offered = from_hex(text for name, text in parts if name == SCHEME)
        return seconds, f"{seconds}:".encode(errors="replace"), offered

    @override
    def name_document(self, document: Member, request: StoredRequest) -> Naming:
        kind = kind_of(document)
        event_key = usable_or_none(_text(document, "event_id"))
        if kind == EventKind.UNKNOWN:
            return Naming(kind, event_key=event_key)
        data = document["data"]
        return Naming(kind, _order_id(document, data), tuple(_product_ids(data)), event_key)


def _parts(header: str) -> Iterator[tuple[str, str]]:
    for part in header.split(";"):
        name, _, text = part.strip().partition("=")
        yield name, text


def _order_id(document: Member, data: Member) -> str | None:
    is_order = document["event_type"].text().startswith("transaction.")
    order_id = _text(data, "id" if is_order else "transaction_id")
    return order_id if order_id is not None and is_usable_order_id(order_id) else None


def _product_ids(data: Member) -> Iterator[str]:
    """Yield the usable ids. An adjustment's items name no product."""
    try:
        items = data["items"].items()
    except SaleInvalidError:
        return
    for item in items:
        try:
            product_id = usable_or_none(item["price"]["product_id"].text_or_none())
        except SaleInvalidError:
            continue
        if product_id is not None:
            yield product_id


def _text(member: Member, name: str) -> str | None:
    """Return a text, or None where it is none, because a name may lack any part."""
    try:
        return member[name].text_or_none()
    except SaleInvalidError:
        return None
