"""Authenticates a request, with the same work for every path."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.types import Receive, Scope

from api.bodies import UnprovenBodies, replayed
from kit.clock import Clock, utc_now
from kit.doors.base import Envelope, WebhookDoor
from kit.doors.labeled_secrets import MatchedSecret
from kit.doors.signatures import Signature

SENDER = "mintpost.sender"
"""The key of the sender in an authenticated request's scope; `Connection` ranks by the sender."""

WEBHOOKS = "/webhooks/"

LONGEST_QUICK = 64 * 1024
"""In bytes. The signatures of a longer body are computed in a thread."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The storefront or mailer that sent a request, the matched secret, and the arrival."""

    source: str
    secret: MatchedSecret
    at: datetime


class Authentication:
    """Asks the doors of all storefronts and mailers about each request.

    Each request does the work of all doors. So neither the time of the answer, nor the wait for a
    body, reveals the doors in use.
    """

    def __init__(self, doors: Mapping[str, WebhookDoor], clock: Clock = utc_now) -> None:
        self.doors = doors
        self.clock = clock
        self.bodies = UnprovenBodies()

    async def admit(self, scope: Scope, receive: Receive) -> Receive:
        """Set SENDER for a known sender's own request; return the `receive` to read its body from.

        Raises UnprovenError if a signature cannot be verified.
        """
        at = self.clock()
        asked = _asked(scope)
        screened = self._screen(scope, at)
        secret = screened.get(asked)
        signatures = {name: each for name, each in screened.items() if isinstance(each, Signature)}
        if isinstance(secret, Signature | None) and signatures and scope["method"] == "POST":
            async with self.bodies.read(receive) as body:
                secret = (await _verified(signatures, body)).get(asked)
            receive = replayed(body, receive)
        if isinstance(secret, MatchedSecret):
            scope[SENDER] = Sender(asked, secret, at)
        return receive

    def _screen(self, scope: Scope, at: datetime) -> Mapping[str, MatchedSecret | Signature | None]:
        envelope = envelope_of(scope)
        return {name: door.screen(envelope, at) for name, door in self.doors.items()}


async def _verified(
    signatures: Mapping[str, Signature], body: bytes
) -> Mapping[str, MatchedSecret | None]:
    """Verify all signatures, also at doors that the path does not name."""

    def verify() -> Mapping[str, MatchedSecret | None]:
        return {name: each.verify(body) for name, each in signatures.items()}

    return verify() if len(body) <= LONGEST_QUICK else await asyncio.to_thread(verify)


def _asked(scope: Scope) -> str:
    """Return the door's name in the path, or an empty text if the path is no webhook."""
    path: str = scope["path"].removeprefix(scope["root_path"])
    is_webhook = scope["method"] == "POST" and path.startswith(WEBHOOKS)
    return path.removeprefix(WEBHOOKS) if is_webhook else ""


def envelope_of(scope: Mapping[str, Any]) -> Envelope:
    # Not the request's URL, because Starlette builds the URL from the Host header. A broken Host
    # would raise here, and the error would tell a stranger that the path exists.
    headers = ((name.decode("latin-1"), text.decode("latin-1")) for name, text in scope["headers"])
    return Envelope(tuple(headers), scope["query_string"].decode("latin-1"))
