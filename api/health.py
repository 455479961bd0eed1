"""Whether the process lives, whether it can work, and the public license keys."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from api.spool import Spool
from db.engine import Database
from db.migrating import WrongMigrationError, check_migrated
from db.signing_keys import KnownKey, known_keys
from domain.errors import DatabaseAwayError
from licensing.tokens import PublicKey, jwks

CACHED = {"Cache-Control": "public, max-age=300"}


@dataclass(frozen=True, slots=True)
class Health:
    """`patience` bounds each look, so that a probe is answered while something hangs.

    `warners` know sentences of what is wrong and does not make us unready.
    """

    database: Database
    client: Client
    spool: Spool
    patience: timedelta = timedelta(seconds=2)
    warners: tuple[Callable[[], list[str]], ...] = ()

    def warnings(self) -> list[str]:
        return [sentence for warner in self.warners for sentence in warner()]

    async def troubles(self) -> dict[str, str]:
        """Return a sentence for each part that cannot be used."""
        looks = {"database": self._database(), "temporal": self._temporal()}
        found = await asyncio.gather(*map(self._bounded, looks.values()))
        return {part: trouble for part, trouble in zip(looks, found, strict=True) if trouble}

    async def spooled(self) -> str | None:
        """Tell of pings in the spool. They do not make us unready: the next one can be taken."""
        return await self._bounded(self.spool.run(self.spool.state))

    async def keys(self) -> list[KnownKey]:
        """Return every public key. Raises TimeoutError, and DatabaseAwayError."""
        async with asyncio.timeout(self.patience.total_seconds()):
            return await self.database.read(known_keys)

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
        return None

    async def _temporal(self) -> str | None:
        request = DescribeNamespaceRequest(namespace=self.client.namespace)
        try:
            await self.client.workflow_service.describe_namespace(request, timeout=self.patience)
        except (RPCError, RuntimeError) as error:
            status = error.status.name if isinstance(error, RPCError) else type(error).__name__
            return f"Temporal cannot be reached ({status})"
        return None


def health_routes(health: Health) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def lives() -> JSONResponse:
        return JSONResponse({"alive": True})

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        troubles, spooled = await asyncio.gather(health.troubles(), health.spooled())
        told: dict[str, object] = {"ready": not troubles, **troubles}
        if spooled is not None:
            told["spool"] = spooled
        if warnings := health.warnings():
            told["warnings"] = warnings
        return JSONResponse(told, 503 if troubles else 200)

    @router.get("/.well-known/jwks.json")
    async def public_keys() -> JSONResponse:
        try:
            known = await health.keys()
        except (DatabaseAwayError, TimeoutError):
            return JSONResponse({"detail": "the keys cannot be read right now"}, 503)
        keys = [PublicKey(key.kid, key.x) for key in known]
        return JSONResponse(jwks(keys), headers=CACHED)

    return router
