"""The door of a shop that signs its requests: all but the form of its header and its names."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.identifiers import is_usable
from domain.questions import UnansweredError
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import LabeledSecret
from kit.doors.signatures import Signature, WebhookKey, is_recent, utf8_keys
from storefronts.base import Door, Naming, StoredRequest
from storefronts.document import Member, read_document


class SignedDoor(Door):
    """A shop with one header for its signature, and JSON bodies."""

    variable: ClassVar[str]
    """The setting of the live secret."""

    header: ClassVar[str]
    """The lower-case name of the header with the signature. A stranger's request has none."""

    setup_advice: ClassVar[str] = (
        "copy it from the webhook's page in the shop's dashboard (docs/storefronts/{name}.md), and "
        "set it here"
    )

    trial: ClassVar[str] = "try it with a test event from the shop's dashboard"

    def __init__(self, secrets: Sequence[LabeledSecret]) -> None:
        self._keys = self.keys(secrets)

    def keys(self, secrets: Sequence[LabeledSecret]) -> tuple[WebhookKey, ...]:
        return utf8_keys(secrets)

    @abstractmethod
    def signature(self, envelope: Envelope) -> tuple[str | None, bytes, tuple[bytes, ...]]:
        """Return the time in Unix seconds, the signed bytes before the body, and the digests.

        The time is None for a shop that signs none. No header makes this method raise.
        """

    @abstractmethod
    def name_document(self, document: Member, request: StoredRequest) -> Naming:
        """Name the event. May raise SaleInvalidError and UnansweredError."""

    @override
    def screen(self, envelope: Envelope, at: datetime) -> Signature | None:
        if envelope.header(self.header) is None:
            return None
        seconds, prefix, offered = self.signature(envelope)
        if not offered or not (seconds is None or is_recent(seconds, at)):
            return None
        return Signature(prefix, offered, self._keys)

    @override
    def is_marked(self, envelope: Envelope) -> bool:
        return any(name == self.header for name, _ in envelope.headers)

    @override
    def why_refused(self, envelope: Envelope, at: datetime) -> str:
        if envelope.header(self.header) is None:
            return f"it had no {self.header} header, so the shop did not send it"
        seconds, _, offered = self.signature(envelope)
        if not offered:
            return f"its {self.header} header has no signature of a known form"
        if seconds is not None and not is_recent(seconds, at):
            return _clock(seconds, at)
        return (
            f"its signature is of another secret than {self.variable}, or a proxy changed its body"
        )

    @override
    def missing(self) -> str | None:
        return None if self._keys else self.variable

    @override
    def name_request(self, request: StoredRequest) -> Naming:
        key = self.key_in_header(request)
        try:
            return self.name_document(read_document(request.body), request)
        except (SaleInvalidError, UnansweredError):
            return Naming(EventKind.UNKNOWN, event_key=key)


def _clock(seconds: str, at: datetime) -> str:
    try:
        off = round(int(seconds) - at.timestamp())
    except (ValueError, OverflowError):
        return "its signature has no time"
    return f"its signature is {abs(off)} s {'ahead of' if off > 0 else 'behind'} our clock"


def usable_or_none(text: str | None) -> str | None:
    return text if text is not None and is_usable(text) else None
