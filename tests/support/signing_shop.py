"""A storefront that signs its bodies, as four of the next ones do, with live and test secrets."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.sale import Sale
from storefronts.base import Envelope, Naming, StoredRequest, Storefront
from storefronts.labeled_secrets import LabeledSecret
from storefronts.signatures import TOLERANCE, Signature, digest, from_hex, is_recent, utf8_keys

LIVE, NEXT, TEST = "live,with a comma", "the next live one", "of the sandbox"
SECRETS = (LabeledSecret(LIVE), LabeledSecret(NEXT), LabeledSecret(TEST, "test"))


class SigningShop(Storefront):
    name: ClassVar[str] = "signing"

    def __init__(self, secrets: Sequence[LabeledSecret] = SECRETS) -> None:
        self._keys = utf8_keys(secrets)

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

    @override
    def name_request(self, ping: StoredRequest) -> Naming:
        return Naming(EventKind.UNKNOWN)

    @override
    def parse(self, ping: StoredRequest) -> Sale:
        raise SaleInvalidError("it sells nothing")

    @override
    def parse_test(self, ping: StoredRequest) -> Sale:
        raise SaleInvalidError("it sells nothing")

    @override
    def is_undone(self, pings: Iterable[StoredRequest]) -> bool:
        return False


def signed(body: bytes, at: datetime, *secrets: str) -> str:
    """Return the header's text for a body: one digest for each secret."""
    seconds = int(at.timestamp())
    prefix = f"{seconds}.".encode()
    return ",".join(
        [str(seconds), *(digest(secret.encode(), prefix, body).hex() for secret in secrets)]
    )
