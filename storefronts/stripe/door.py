"""Stripe's door: `Stripe-Signature: t=TIME,v1=DIGEST`, over the time, a dot and the body."""

from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.questions import UnansweredError
from kit.doors.base import Envelope
from kit.doors.signatures import from_hex
from storefronts.base import Naming, StoredRequest
from storefronts.document import Member
from storefronts.signed_door import SignedDoor
from storefronts.stripe.events import StripeEvent
from storefronts.stripe.reading import name_event


class StripeDoor(SignedDoor):
    name: ClassVar[str] = "stripe"
    variable: ClassVar[str] = "STRIPE_WEBHOOK_SECRET"
    header: ClassVar[str] = "stripe-signature"

    @override
    def signature(self, envelope: Envelope) -> tuple[str | None, bytes, tuple[bytes, ...]]:
        """Read the header. Each active secret has its `v1`; other schemes, as `v0`, prove nothing.

        Stripe always signs the time, so a header without one is of no known form.
        """
        parts = [part.partition("=") for part in (envelope.header(self.header) or "").split(",")]
        times = [text for name, _, text in parts if name == "t"]
        if len(times) != 1:
            return "", b"", ()
        prefix = f"{times[0]}.".encode("ascii", "replace")
        return times[0], prefix, from_hex(text for name, _, text in parts if name == "v1")

    @override
    def name_document(self, document: Member, request: StoredRequest) -> Naming:
        event = StripeEvent(document, request)
        key = event.key
        try:
            return name_event(event)
        except (SaleInvalidError, UnansweredError):
            return Naming(EventKind.UNKNOWN, event_key=key)
