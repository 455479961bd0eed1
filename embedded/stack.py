"""The embedded stack in one process tree: Temporal on a file, worker, API."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from embedded.child import Child, spawn
from embedded.child_environment import environment_of
from embedded.ports import HOST, NO_TLS, require_free
from embedded.temporal_server import keep_histories, provide_temporal, server_command
from kit.refusals import RefusedError
from kit.runs import no_worker_sentence
from workflows.names import TASK_QUEUE

Found = TypeVar("Found")

READY_SECONDS = 60
LOOK_SECONDS = 0.1
PATIENCE = timedelta(seconds=2)
"""For one question to Temporal."""


class StackNotReadyError(RefusedError):
    """A part of the stack lives and yet did not become ready."""


@dataclass(frozen=True, slots=True)
class StackPlan:
    """What to start and where. Of `environment` each child gets what it reads, and the addresses.

    They run in `directory`, whose `.env` they read; without one where we run. `logs` is the
    folder their output goes to; without one they write where we write. `worker` is the module
    that works.
    """

    data_dir: Path
    port: int
    temporal_port: int
    ui_port: int
    environment: Mapping[str, str]
    directory: Path | None = None
    logs: Path | None = None
    worker: str = "worker"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def ui_url(self) -> str:
        return f"http://{HOST}:{self.ui_port}"

    @property
    def temporal_address(self) -> str:
        return f"{HOST}:{self.temporal_port}"


class Stack:
    """Starts everything on entry, and stops it in the reverse order on exit."""

    def __init__(self, plan: StackPlan) -> None:
        self.plan = plan
        self.children: list[Child] = []

    async def __aenter__(self) -> Self:
        ports = {"--port": self.plan.port, "--temporal-port": self.plan.temporal_port}
        require_free({**ports, "--ui-port": self.plan.ui_port})
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        plan = self.plan
        file = plan.data_dir / "temporal.db"
        await provide_temporal()
        await self.spawn("temporal", server_command(file, HOST, plan.temporal_port, plan.ui_port))
        client = await self.until("Temporal", self.connected)
        await keep_histories(client)
        await self.spawn("worker", [sys.executable, "-m", plan.worker])
        await self.spawn("api", _uvicorn(plan.port))
        await self.until("the API", self.api_is_ready)
        await self.until("the worker", lambda: _worker_polls(client))

    async def connected(self) -> Client | None:
        try:
            return await Client.connect(self.plan.temporal_address)
        except RuntimeError:
            return None

    async def api_is_ready(self) -> bool | None:
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
            try:
                answer = await http.get(f"{self.plan.url}/readyz")
            except httpx.TransportError:
                return None
        return True if answer.is_success else None

    async def spawn(self, name: str, command: list[str]) -> None:
        self.children.append(await self._spawn(name, command))

    async def _spawn(self, name: str, command: list[str]) -> Child:
        plan = self.plan
        return await spawn(
            name, command, _environment(name, plan), directory=plan.directory, logs=plan.logs
        )

    async def kill(self, name: str) -> None:
        """Kill a part outright; it counts as no accident, and stays away until it is revived."""
        for child in self.children:
            if child.name == name:
                await child.kill()

    async def revive(self, name: str) -> None:
        """Start a killed part again. It may take a while to be ready."""
        for child in [each for each in self.children if each.name == name and each.killed]:
            revived = await self._spawn(name, child.command)
            if child in self.children:
                self.children[self.children.index(child)] = revived
            else:  # All of it was stopped meanwhile.
                await revived.stop()

    async def stop(self) -> None:
        while self.children:
            await self.children.pop().stop()

    async def until(self, what: str, look: Callable[[], Awaitable[Found | None]]) -> Found:
        """Look until there is something; a child that dies meanwhile ends it at once."""
        for _ in range(round(READY_SECONDS / LOOK_SECONDS)):
            for child in self.children:
                child.require_alive()
            found = await look()
            if found is not None:
                return found
            await asyncio.sleep(LOOK_SECONDS)
        raise StackNotReadyError(f"{what} was not ready after {READY_SECONDS} s")

    async def watch(self) -> None:
        """Return never; raise ChildDiedError when a process ends by itself."""
        while True:
            for child in self.children:
                child.require_alive()
            await asyncio.sleep(LOOK_SECONDS)


def _environment(name: str, plan: StackPlan) -> dict[str, str]:
    # A key, a profile or encryption is another cluster's. Blank, not absent: a child reads .env
    # as well, and what the environment says wins.
    others = {name: "" for name in plan.environment if name.startswith("TEMPORAL_")}
    embedded = {
        "TEMPORAL_CONFIG_FILE": os.devnull,
        "TEMPORAL_ADDRESS": plan.temporal_address,
        "TEMPORAL_NAMESPACE": "default",
    }
    own = {**plan.environment, "DATA_DIR": str(plan.data_dir)}
    return {**environment_of(name, own), **others, **embedded, "PYTHONUNBUFFERED": "1"}


def _uvicorn(port: int) -> list[str]:
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
    return [*command, "--host", HOST, "--port", str(port), "--no-server-header"]


async def _worker_polls(client: Client) -> bool | None:
    try:
        sentence = await no_worker_sentence(client, TASK_QUEUE, PATIENCE)
    except RPCError:
        return None
    return True if sentence is None else None
