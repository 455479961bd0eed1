"""The contract of the doors: each authenticates the calls of a shop or a mail provider."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kit.doors.labeled_secrets import MatchedSecret
from kit.doors.signatures import Signature


@dataclass(frozen=True, slots=True)
class Envelope:
    """The part of a request that arrives before its body.

    Header names are lower case; `query` is the raw query string.
    """

    headers: tuple[tuple[str, str], ...]
    query: str

    def header(self, name: str) -> str | None:
        """Return the header's text; None if the header is absent or repeated."""
        return the_only_header(self.headers, name)


def the_only_header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    texts = [text for header, text in headers if header == name]
    return texts[0] if len(texts) == 1 else None


class WebhookDoor(ABC):
    """Authenticates the calls of one path below `/webhooks/`. Nothing here does I/O or raises.

    Each request passes the door in this order:

    1. `api.authentication` calls `screen` of every door for every path, before it routes the
       request and reads the body.
    2. If `screen` returned a `Signature`, `api.authentication` reads the body and calls
       `Signature.verify`.

    The start and `/readyz` ask `missing`. `api.refusals` asks `why_refused`, after the answer to
    a refused request.
    """

    name: ClassVar[str]
    """The name in the webhook's path; a storefront's also in `events.source` and products.yaml."""

    address_ends: ClassVar[str] = ""
    """The part of the webhook's address after the path, written for a person."""

    setup_advice: ClassVar[str] = (
        "make one with `openssl rand -hex 24`, set it here and in the shop's address"
    )
    """The way to a webhook secret, as an order to a person."""

    trial: ClassVar[str] = "try it with `mintpost smoke --url https://...`"
    """The way to see whether the shop's calls are taken, as an order to a person."""

    afterwards: ClassVar[str] = "have the shop send again what was sold meanwhile"
    """The way to learn the contents of refused calls, as an order to a person."""

    sells: ClassVar[bool] = True
    """Tells whether a refused call may be a lost sale."""

    @abstractmethod
    def screen(self, envelope: Envelope, at: datetime) -> MatchedSecret | Signature | None:
        """Authenticate by the envelope of a request that arrived at `at`.

        A secret in the address or in a header authenticates at once, so the answer is the secret.
        For a shop that signs its bodies, the answer is the `Signature` of a well-formed and recent
        header; the body must still prove it. None: the sender is a stranger.
        """

    @abstractmethod
    def why_refused(self, envelope: Envelope, at: datetime) -> str:
        """Return the probable cause of a refusal, as a clause that begins with its subject.

        The cause must come from the shape of the envelope alone. A comparison with the secret
        would tell a stranger on `/readyz` how near a guess was.
        """

    def is_marked(self, envelope: Envelope) -> bool:
        """Tell whether a request looks like the shop's own, so that its refusal is an alarm."""
        del envelope
        return True

    def missing(self) -> str | None:
        """Name a missing setting, if the API refuses every request without the setting."""
        return None
