"""Reports liveness, readiness and the public license keys."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from api.sharing import Shared
from db.engine import Database
from db.migrated import WrongMigrationError, check_migrated
from db.signing_keys import KnownKey, known_keys
from domain.advice import CHECK_ALL
from domain.errors import DatabaseAwayError
from domain.findings import Finding, Level
from kit.temporal_outages import temporal_trouble
from licensing.tokens import PublicKey, jwks
from relay.free_space import FreeSpace
from relay.spool import Spool
from relay.store import Store

Probe = Callable[[], Awaitable[list[Finding]]]
"""Checks one part, and returns findings for a person. Anybody may read their sentences."""

Fact = Callable[[], Awaitable[object | None]]
"""Returns a part of the answer for monitors, as JSON; None if there is nothing to tell."""

LOOK_FAILED = "a look at what may be wrong failed itself ({kind})"

ASKED_BY = ["GET", "HEAD"]
"""Monitors that need no body ask with HEAD."""

CACHED = {"Cache-Control": "public, max-age=300"}


@dataclass(frozen=True, slots=True)
class Health:
    """Checks all parts. `patience` limits each check, so that one hanging part delays no answer.

    Neither the findings of `probes` nor the `facts` make us unready.
    """

    database: Database
    client: Client
    spool: Spool
    patience: timedelta = timedelta(seconds=2)
    probes: tuple[Probe, ...] = ()
    store: Store | None = None
    room: FreeSpace | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    async def readiness(self) -> dict[str, Any]:
        """Return the answer of `/readyz`."""
        troubles, spooled, told, found = await asyncio.gather(
            self.troubles(), self.spooled(), self.told(), self.findings()
        )
        spool = {} if spooled is None else {"spool": spooled}
        warnings = [each.sentence for each in found]
        return {"ready": not troubles, **troubles, **spool, **told, "warnings": warnings}

    async def told(self) -> dict[str, object]:
        """Return the facts that are known."""
        found = await asyncio.gather(*map(self._fact, self.facts.values()))
        named = zip(self.facts, found, strict=True)
        return {name: fact for name, fact in named if fact is not None}

    async def troubles_as_findings(self) -> list[Finding]:
        """Return the troubles in the form of alerts. An outage may pass."""
        troubles = await self.troubles()
        return [
            Finding(part, Level.BROKEN, f"{part}: {trouble}", CHECK_ALL, may_pass=True)
            for part, trouble in troubles.items()
        ]

    async def findings(self) -> list[Finding]:
        """Return the findings that a person should look at.

        They do not make us unready: a proxy would then send us no requests, and the next would be
        lost.
        """
        found = await asyncio.gather(*(self._quietly(probe()) for probe in self.probes))
        return list(chain.from_iterable(found))

    async def troubles(self) -> dict[str, str]:
        """Return a sentence for each part that cannot be used."""
        looks = {"database": self._database(), "temporal": self._temporal()}
        spool = self._bounded(self.spool.run(self.spool.trouble))
        full, *found = await asyncio.gather(spool, *map(self._bounded, looks.values()))
        troubles = {part: trouble for part, trouble in zip(looks, found, strict=True) if trouble}
        if full is not None and self.store is not None and self.store.trouble is not None:
            # The database can be read, but did not take the last row, and neither can the spool.
            troubles.setdefault("database", f"{self.store.trouble}; and the spool {full}")
        return troubles

    async def spooled(self) -> str | None:
        """Return a sentence about requests in the spool.

        We stay ready: the spool takes the next one.
        """
        return await self._bounded(self.spool.run(self.spool.state))

    async def keys(self) -> list[KnownKey]:
        """Return every public key. Raises TimeoutError and DatabaseAwayError."""
        async with asyncio.timeout(self.patience.total_seconds()):
            return await self.database.read(known_keys)

    async def _fact(self, fact: Fact) -> object | None:
        try:
            return await asyncio.wait_for(fact(), self.patience.total_seconds())
        except Exception:  # noqa: BLE001 - a part that is away is told among the troubles
            return None

    async def _quietly(self, probe: Awaitable[list[Finding]]) -> list[Finding]:
        try:
            return await asyncio.wait_for(probe, self.patience.total_seconds())
        except Exception as error:  # noqa: BLE001 - one probe must not hide what the others tell
            sentence = LOOK_FAILED.format(kind=type(error).__name__)
            return [Finding("look", Level.WARNING, sentence, CHECK_ALL, may_pass=True)]

    async def _bounded(self, look: Awaitable[str | None]) -> str | None:
        try:
            return await asyncio.wait_for(look, self.patience.total_seconds())
        except TimeoutError:
            return f"no answer within {self.patience.total_seconds():g} s"

    async def _database(self) -> str | None:
        try:
            await asyncio.to_thread(check_migrated, self.database.engine)
        except (WrongMigrationError, DatabaseAwayError) as error:
            return str(error)
        trouble = None if self.room is None else await asyncio.to_thread(self.room.trouble)
        if trouble is None:
            return None
        return (
            f"the database cannot be written ({trouble}): make room on its disk, or give its "
            "folder back to the API's user; `df -h` and `ls -l` show which"
        )

    async def _temporal(self) -> str | None:
        request = DescribeNamespaceRequest(namespace=self.client.namespace)
        try:
            await self.client.workflow_service.describe_namespace(request, timeout=self.patience)
        except (RPCError, RuntimeError) as error:
            return temporal_trouble(error).sentence
        return None


def health_routes(health: Health) -> APIRouter:
    router = APIRouter()
    read_keys, readiness = Shared(health.keys), Shared(health.readiness)

    @router.api_route("/healthz", methods=ASKED_BY)
    async def lives() -> JSONResponse:
        return JSONResponse({"alive": True})

    @router.api_route("/readyz", methods=ASKED_BY)
    async def ready() -> JSONResponse:
        told = await readiness()
        return JSONResponse(told, 200 if told["ready"] else 503)

    @router.api_route("/.well-known/jwks.json", methods=ASKED_BY)
    async def public_keys() -> JSONResponse:
        try:
            known = await read_keys()
        except (DatabaseAwayError, TimeoutError):
            return JSONResponse({"detail": "the keys cannot be read right now"}, 503)
        keys = [PublicKey(key.kid, key.x) for key in known]
        return JSONResponse(jwks(keys), headers=CACHED)

    return router
