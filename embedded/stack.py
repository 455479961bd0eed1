"""Runs the embedded stack in one process tree: Temporal on a file, the worker and the API."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from embedded.child import Child, spawn
from embedded.child_environment import environment_of
from embedded.ports import HOST, require_free
from embedded.temporal_server import find_temporal, server_command
from kit.refusals import RefusedError

Found = TypeVar("Found")

READY_SECONDS = 60
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 5
"""For one answer of the API."""


class StackNotReadyError(RefusedError):
    """A part of the stack runs, but did not become ready in time."""


@dataclass(frozen=True, slots=True)
class StackPlan:
    """The processes to start: their addresses, their folder and their environment.

    Each child gets only its own variables from `environment`, and the stack's addresses.
    `directory` is the working directory, from which children read `.env`; None: the caller's.
    `logs` is the folder for output; None: children write to the caller's output. `worker` is the
    Python module to run as the worker.
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
    """Starts every process on entry, and stops the processes in reverse order on exit."""

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
        if find_temporal() is None:
            download = await self.run("download", "embedded.temporal_download")
            await download.process.wait()
        await self.spawn("temporal", server_command(file, HOST, plan.temporal_port, plan.ui_port))
        setup = await self.run("setup", "embedded.temporal_setup", plan.temporal_address)
        await self.until("Temporal", setup.printed)
        await self.spawn("worker", [sys.executable, "-m", plan.worker])
        await self.spawn("api", _uvicorn(plan.port))
        await self.until("the API", self.api_is_ready)
        await self.until("the worker", setup.ended)
        self.children = [child for child in self.children if not child.ends]

    async def run(self, name: str, module: str, *arguments: str) -> Child:
        """Start a process that does one thing and ends."""
        command = [sys.executable, "-m", module, *arguments]
        child = await self._spawn(name, command, ends=True)
        self.children.append(child)
        return child

    async def api_is_ready(self) -> bool | None:
        return await asyncio.to_thread(_is_ready, self.plan.port) or None

    async def spawn(self, name: str, command: list[str]) -> None:
        self.children.append(await self._spawn(name, command))

    async def _spawn(self, name: str, command: list[str], *, ends: bool = False) -> Child:
        plan = self.plan
        return await spawn(
            name,
            command,
            _environment(name, plan),
            directory=plan.directory,
            logs=plan.logs,
            ends=ends,
        )

    async def kill(self, name: str) -> None:
        """Kill a process with SIGKILL.

        The process stays down until `revive`, and counts as no crash.
        """
        for child in self.children:
            if child.name == name:
                await child.kill()

    async def revive(self, name: str) -> None:
        """Start a killed process again, and do not wait until it is ready."""
        for child in [each for each in self.children if each.name == name and each.killed]:
            revived = await self._spawn(name, child.command)
            if child in self.children:
                self.children[self.children.index(child)] = revived
            else:  # The stack was stopped meanwhile.
                await revived.stop()

    async def stop(self) -> None:
        while self.children:
            await self.children.pop().stop()

    async def until(self, what: str, look: Callable[[], Awaitable[Found | None]]) -> Found:
        """Poll `look` until it returns a value. Raises ChildDiedError as soon as a child ends."""
        for _ in range(round(READY_SECONDS / LOOK_SECONDS)):
            for child in self.children:
                child.require_alive()
            found = await look()
            if found is not None:
                return found
            await asyncio.sleep(LOOK_SECONDS)
        raise StackNotReadyError(f"{what} was not ready after {READY_SECONDS} s")

    async def watch(self) -> None:
        """Watch the processes forever. Raises ChildDiedError when a process ends by itself."""
        while True:
            for child in self.children:
                child.require_alive()
            await asyncio.sleep(LOOK_SECONDS)


def _environment(name: str, plan: StackPlan) -> dict[str, str]:
    # The caller's Temporal settings (API key, profile, TLS) may belong to another cluster. They are
    # set to blank, not left out, because a child also reads `.env` and the environment wins.
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


def _is_ready(port: int) -> bool:
    # As httpx would ask, whose import takes longer and more memory than all else here.
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
