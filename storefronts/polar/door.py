"""Polar's door: the signature of Standard Webhooks, and the event's id in a header."""

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret, matched
from kit.doors.signatures import WebhookKey, from_base64
from storefronts.base import Naming, StoredRequest
from storefronts.document import Member
from storefronts.polar.events import PAID, REFUNDED, REFUNDS, kind_of
from storefronts.polar.keys import keys_in, signed_text
from storefronts.polar.package import POLAR
from storefronts.signed_door import SignedDoor, usable_or_none

EVENT_ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SCHEME = "v1,"
OF_ORDERS = frozenset({PAID, REFUNDED, "order.created", "order.updated"})


class PolarDoor(SignedDoor):
    name: ClassVar[str] = POLAR.name
    variable: ClassVar[str] = POLAR.secret_variable
    header: ClassVar[str] = SIGNATURE

    @override
    def keys(self, secrets: Sequence[LabeledSecret]) -> tuple[WebhookKey, ...]:
        return tuple(
            WebhookKey(key, matched(position, secret))
            for position, secret in enumerate(secrets)
            if secret.value
            for key in keys_in(secret.value)
        )

    @override
    def signature(self, envelope: Envelope) -> tuple[str | None, bytes, tuple[bytes, ...]]:
        event_id, seconds = envelope.header(EVENT_ID), envelope.header(TIME) or ""
        if event_id is None:
            return seconds, b"", ()
        given = (envelope.header(SIGNATURE) or "").split(" ")
        ours = [each.removeprefix(SCHEME) for each in given if each.startswith(SCHEME)]
        return seconds, signed_text(event_id, seconds), from_base64(ours)

    @override
    def key_in_header(self, request: StoredRequest) -> str | None:
        return usable_or_none(request.header(EVENT_ID))

    @override
    def name_document(self, document: Member, request: StoredRequest) -> Naming:
        name, data = document["type"].text(), document["data"]
        product_id = _usable(data, "product_id")
        return Naming(
            kind_of(name, data),
            _order_id(name, data),
            () if product_id is None else (product_id,),
            self.key_in_header(request),
        )


def _order_id(name: str, data: Member) -> str | None:
    try:
        if name in OF_ORDERS:
            return data["id"].order_identifier()
        return data["order_id"].order_identifier() if name in REFUNDS else None
    except SaleInvalidError:
        return None


def _usable(data: Member, name: str) -> str | None:
    try:
        return data[name].identifier_or_none()
    except SaleInvalidError:
        return None
