"""Starts real processes in a folder, waits for them, and always stops them."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from embedded.ports import free_ports
from settings.environment import plain_environment
from tests.support.waiting import until

MINTPOST = (sys.executable, "-m", "cli")
WORKER = (sys.executable, "-m", "worker")
PATIENCE_SECONDS = 90
"""On a busy machine, several processes that start together import for half a minute."""

REPOSITORY = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Running:
    """A process with its output in a file."""

    process: asyncio.subprocess.Process
    log: Path

    def output(self) -> str:
        return self.log.read_text()

    async def says(self, words: str) -> None:
        async def said() -> bool | None:
            assert self.process.returncode is None, f"it ended:\n{self.output()}"
            return True if words in self.output() else None

        await until(said, f"the process says {words!r}", PATIENCE_SECONDS)

    async def children(self, at_least: int) -> list[int]:
        """Wait for `at_least` children. Return all their ids."""

        async def grown() -> list[int] | None:
            assert self.process.returncode is None, f"it ended:\n{self.output()}"
            found = await _children_of(self.process.pid)
            return found if len(found) >= at_least else None

        return await until(grown, f"it has {at_least} children", PATIENCE_SECONDS)

    async def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), PATIENCE_SECONDS)


@asynccontextmanager
async def start(
    *command: str, folder: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Start a command in `folder`, with `environment` instead of this machine's settings.

    The search for leaks reads the output as a log, but not the output of the demo, because the demo
    shows a mail on purpose.
    """
    log = folder / ("shown.txt" if "demo" in command else "output.log")
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=clean_environment(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        yield Running(process, log)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def run(
    *command: str, folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run a command to its end. Return its exit code and its output."""
    async with start(*command, folder=folder, environment=environment) as running:
        code = await asyncio.wait_for(running.process.wait(), PATIENCE_SECONDS)
        return code, running.output()


def refuses(root: Callable[[], object]) -> str:
    """Start a composition root in this process. Return the sentence of its refusal.

    A new process takes a second for its imports, so only one test uses new processes.
    """
    loggers = [logging.getLogger(name) for name in ("alembic", "httpx", "temporalio.activity")]
    levels = [each.level for each in loggers]
    umask = os.umask(0o077)
    try:
        with pytest.raises(SystemExit) as ended:
            root()
    finally:
        os.umask(umask)
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)
    return str(ended.value.code)


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    path = {"PYTHONPATH": str(REPOSITORY), "TEMPORAL_CONFIG_FILE": os.devnull}
    return {**plain_environment(), **path, **(environment or {})}


def some_ports() -> list[str]:
    """Return flags of `mintpost dev` that choose free ports."""
    port, temporal_port, ui_port = free_ports(3)
    chosen = {"--port": port, "--temporal-port": temporal_port, "--ui-port": ui_port}
    return [f"{flag}={number}" for flag, number in chosen.items()]


async def all_gone(pids: list[int]) -> None:
    """Wait until no process is alive. A zombie counts as dead."""

    async def gone() -> bool | None:
        states = await _ps("-o", "stat=", "-p", ",".join(map(str, pids)))
        return None if [state for state in states if not state.startswith("Z")] else True

    await until(gone, "no process is left behind", PATIENCE_SECONDS)


async def _children_of(parent: int) -> list[int]:
    pairs = [line.split() for line in await _ps("-A", "-o", "pid=,ppid=")]
    return [int(pid) for pid, ppid in pairs if int(ppid) == parent]


async def _ps(*options: str) -> list[str]:
    listing = await asyncio.create_subprocess_exec(
        "ps", *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await listing.communicate()
    return out.decode().splitlines()
