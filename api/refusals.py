"""Counts the refused calls of a known webhook, and tells the operator the probable cause.

The caller learns nothing: the answer is the answer to an unknown path, and the count comes after
the answer. The cause comes from the shape of the call alone.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

from api.authentication import envelope_of
from api.paths import bare_path
from api.unset_secrets import unset_secrets
from domain.findings import Finding, Level
from kit.agents import TRIAL_AGENT
from kit.clock import utc_now
from kit.doors.base import WebhookDoor
from kit.instruments import REFUSED_CALLS

logger = logging.getLogger(__name__)

REMEMBERED = timedelta(hours=1)
"""The time for which `/readyz` tells of a refused call."""

MOST_LOOKED_AT = 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """`afterwards` tells a person how to get what was refused, and to try the next call.

    `is_sale`: a shop could have sent it. Shops send POST alone.
    """

    source: str
    cause: str
    afterwards: str
    is_sale: bool = True


class Refusals:
    """Logs refused calls at most once every `pause`, starting `delay` after the first call.

    `in_use` returns the shops that sell, so that the others may have no secret.
    """

    def __init__(
        self,
        doors: Mapping[str, WebhookDoor],
        pause: timedelta = timedelta(minutes=1),
        delay: timedelta = timedelta(seconds=1),
        in_use: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self.doors = doors
        self.in_use = in_use or (lambda: doors)
        self.pause = pause
        self.delay = delay
        self.untold: Counter[Refused] = Counter()
        self.total: Counter[Refused] = Counter()
        self.last: dict[Refused, float] = {}
        self.timer: asyncio.TimerHandle | None = None

    def note(self, scope: Mapping[str, Any], why: str | None = None) -> None:
        """Count a refused call later, so that its answer takes the usual time."""
        # No arguments, because asyncio would log them if the call failed.
        asyncio.get_running_loop().call_soon(lambda: self.count(scope, why))

    def count(self, scope: Mapping[str, Any], why: str | None = None) -> None:
        refused = why_refused(scope, self.doors, why)
        if refused is None:
            return
        REFUSED_CALLS.count(refused.source)
        self.untold[refused] += 1
        self.total[refused] += 1
        self.last[refused] = monotonic()
        if self.timer is None:
            self._tell_after(self.delay)

    def tell(self) -> None:
        """Log the new refused calls, and wait for more."""
        self.timer = None
        if not self.untold:
            return
        for refused, count in self.untold.items():
            logger.warning("%s", _sentence(refused, count))
        self.untold.clear()
        self._tell_after(self.pause)

    def stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()

    async def findings(self) -> list[Finding]:
        """Return a finding for each shop without a secret, and for each recent cause."""
        in_use = await asyncio.to_thread(self.in_use)
        self._forget()
        return [
            *unset_secrets(self.doors, in_use),
            *(_finding(refused, count) for refused, count in self.total.items()),
        ]

    async def told(self) -> dict[str, int] | None:
        """Return the refused calls of the last hour by door; None without one."""
        self._forget()
        counts: Counter[str] = Counter()
        for refused, count in self.total.items():
            counts[refused.source] += count
        return dict(counts) or None

    def _forget(self) -> None:
        since = monotonic() - REMEMBERED.total_seconds()
        for refused in [each for each, last in self.last.items() if last < since]:
            del self.last[refused], self.total[refused]

    def _tell_after(self, pause: timedelta) -> None:
        self.timer = asyncio.get_running_loop().call_later(pause.total_seconds(), self.tell)


def why_refused(
    scope: Mapping[str, Any], doors: Mapping[str, WebhookDoor], why: str | None = None
) -> Refused | None:
    """Return the probable cause of a refusal; None if the path names no door of ours.

    `why` is the cause, if the gate knows it. A call without the header that a shop signs with is a
    scanner's, and no alarm. Our own trial of a wrong secret wants to be refused.
    """
    if (b"user-agent", TRIAL_AGENT.encode()) in scope["headers"]:
        return None
    path = str(scope["path"])[:MOST_LOOKED_AT]
    words = [word for word in bare_path(path).lower().split("/") if word]
    source = _source(words, doors)
    if source is None:
        return None
    door = doors[source]
    if not door.is_marked(envelope_of(scope)):
        return None
    missing = door.missing()
    if missing is not None:
        why = f"{missing} is not set"
    cause = why or next(_causes(scope, path, door))
    return Refused(
        source,
        cause,
        _afterwards(door),
        is_sale=door.sells and scope["method"] == "POST",
    )


def _afterwards(door: WebhookDoor) -> str:
    return f"{door.afterwards}, and {door.trial}"


def _source(words: list[str], doors: Mapping[str, WebhookDoor]) -> str | None:
    named = words[1:2] if words[:1] in (["webhooks"], ["webhook"]) else words[:1]
    # The question mark may be missing: /webhooks/<name>secret=...
    bare = [word.partition("secret")[0] for word in named]
    return next((name for name in (*named, *bare) if name in doors), None)


def _causes(scope: Mapping[str, Any], path: str, door: WebhookDoor) -> Iterator[str]:
    yield from _causes_in_path(path, door)
    if scope["method"] != "POST":
        yield "the method was not POST, as where the address is opened in a browser"
    yield door.why_refused(envelope_of(scope), utc_now())


def _causes_in_path(path: str, door: WebhookDoor) -> Iterator[str]:
    source = door.name
    if path == f"/webhooks/{source}/":
        yield "the address has a slash at its end, before the ?, that must go"
    elif bare_path(path) == f"/webhooks/{source}" != path:
        yield "the ? of the address came as %3F or another character: it must be a plain ?"
    elif "secret=" in path:
        yield "the ? of the address is missing, before its secret=..."
    elif path != f"/webhooks/{source}":
        address = f"https://.../webhooks/{source}{door.address_ends}"
        yield f"the address must be {address} to the letter"


def _finding(refused: Refused, count: int) -> Finding:
    # A stranger's browser loses no sale, so nobody is called for it.
    level = Level.WARNING if refused.is_sale else Level.OK
    return Finding(
        f"refused:{refused.source}",
        level,
        _sentence(refused, count),
        refused.afterwards,
        count=count,
    )


def _sentence(refused: Refused, count: int) -> str:
    calls = "1 call" if count == 1 else f"{count} calls"
    return (
        f"{refused.source}: {calls} of /webhooks/{refused.source} refused with 404; probably "
        f"{refused.cause}. Correct that, {refused.afterwards}"
    )
