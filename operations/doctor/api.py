"""Checks the running API from the outside: whether it answers, what it warns of, and its keys."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from domain.findings import SALE_LOST, Finding, broken, ok, warning
from kit.webhook_address import shown
from operations.doctor.keys import LISTS
from operations.doctor.sentences import divided
from operations.doctor.spool import SPOOL
from operations.doctor.temporal import WORKER

API, JWKS = "api", "jwks"
PATHS = ("/readyz", "/.well-known/jwks.json")
START = "uvicorn --factory api.app:create_app"
ITS_LOG = "see the log of the API"
ITS_PLACE = "mintpost doctor, in the environment of the API"
OWN_LINES = tuple(f"{part}:" for part in (WORKER, *LISTS))
"""Warnings about these parts have lines of their own already."""


@dataclass(frozen=True, slots=True)
class ApiCheck:
    """`kid` is the key that the worker signs with; None: it is not known here."""

    url: str = field(repr=False)
    kid: str | None
    seconds: float = 8

    async def findings(self) -> Sequence[Finding]:
        try:
            async with httpx.AsyncClient(timeout=self.seconds) as http:
                answers = (http.get(f"{self.url}{path}") for path in PATHS)
                ready, keys = map(_object, await asyncio.gather(*answers))
        except Exception as error:  # noqa: BLE001 - after any error, the API has not answered
            told = f"no answer at {self.shown} ({type(error).__name__}), so shops cannot reach it"
            return [broken(API, told, START)]
        if ready is None or "ready" not in ready:
            return [broken(API, f"something else than Mintpost answers at {self.shown}", START)]
        return [*_of_readiness(self.shown, ready), self._of_keys(keys)]

    @property
    def shown(self) -> str:
        return shown(self.url)

    def _of_keys(self, document: Mapping[str, object] | None) -> Finding:
        listed = None if document is None else document.get("keys")
        if not isinstance(listed, list):
            return broken(JWKS, f"{self.shown}/.well-known/jwks.json has no keys", ITS_LOG)
        kids = {each.get("kid") for each in listed if isinstance(each, dict)}
        if self.kid is None or self.kid in kids:
            mine = "" if self.kid is None else ", the worker's among them"
            return ok(JWKS, f"the API serves public keys ({len(kids)}){mine}")
        told = f"the API serves public keys ({len(kids)}), and not the worker's ({self.kid})"
        return broken(JWKS, told, "give API and worker one DATABASE_URL, and start both again")


def _of_readiness(url: str, ready: Mapping[str, object]) -> Iterator[Finding]:
    parts = {name: told for name, told in ready.items() if isinstance(told, str)}
    if ready.get("ready") is True:
        yield ok(API, f"it answers at {url}")
    else:
        for name, told in parts.items():
            # A request in the spool waits, and is not lost.
            told_as = warning if name == SPOOL else broken
            yield told_as(API, f"{name}: {told}", ITS_PLACE)
    warnings = ready.get("warnings")
    for told in warnings if isinstance(warnings, list) else ():
        if not str(told).startswith(OWN_LINES):
            told_as = broken if SALE_LOST in str(told) else warning
            yield told_as(API, *_of_part(str(told)))


def _of_part(told: str) -> tuple[str, str]:
    """Divide a sentence that begins with a part, whose colon begins no advice."""
    part, _, sentence = told.partition(": ")
    told, remedy = divided(sentence, ITS_LOG)
    return f"{part}: {told}", remedy


def _object(answer: httpx.Response) -> Mapping[str, object] | None:
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
