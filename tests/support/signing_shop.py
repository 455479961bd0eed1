"""A storefront with signed bodies, like Stripe and Paddle, and with live and test secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret
from kit.doors.signatures import TOLERANCE, Signature, digest, from_hex, is_recent
from tests.storefronts.kiosk.storefront import Kiosk

LIVE, NEXT, TEST = "live,with a comma", "the next live one", "of the sandbox"
SECRETS = (LabeledSecret(LIVE), LabeledSecret(NEXT), LabeledSecret(TEST, "test"))


class SigningShop(Kiosk):
    """The kiosk with a different header: it holds both time and signature."""

    name: ClassVar[str] = "signing"
    header: ClassVar[str] = "x-signature"

    def __init__(self, secrets: Sequence[LabeledSecret] = SECRETS) -> None:
        super().__init__(secrets)

    @override
    def screen(self, envelope: Envelope, at: datetime) -> Signature | None:
        time, *offered = (envelope.header("x-signature") or "").split(",")
        digests = from_hex(offered)
        if not digests or not is_recent(time, at):
            return None
        return Signature(f"{time}.".encode(), digests, self._keys)

    @override
    def why_refused(self, envelope: Envelope, at: datetime) -> str:
        header = envelope.header("x-signature")
        if header is None:
            return "it had no header X-Signature"
        if not is_recent(header.partition(",")[0], at):
            return f"its time is more than {TOLERANCE.seconds} s from this machine's clock"
        return "its signature fits no secret of the settings"


def signed(body: bytes, at: datetime, *secrets: str) -> str:
    """Return the header's text for a body: one digest for each secret."""
    seconds = int(at.timestamp())
    prefix = f"{seconds}.".encode()
    return ",".join(
        [str(seconds), *(digest(secret.encode(), prefix, body).hex() for secret in secrets)]
    )
