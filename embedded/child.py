"""Starts one process of the stack in its own session, and stops it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from kit.refusals import RefusedError

TAIL_LINES = 15
MOMENT_SECONDS = 0.01
DIE_WITH_PARENT = (sys.executable, "-IS", str(Path(__file__).with_name("die_with_parent.py")))


class ChildDiedError(RefusedError):
    """A process of the stack ended by itself. The sentence quotes the end of its log."""


@dataclass(slots=True)
class Child:
    """A process of the stack. `killed` is true when we killed it, so its end is no crash.

    A process that `ends` has a task, and prints a line on its way: its success is no crash either.
    """

    name: str
    command: list[str]
    process: Process
    log: Path | None
    ends: bool = False
    killed: bool = False

    def require_alive(self) -> None:
        code = self.process.returncode
        expected = self.killed or (self.ends and code == 0)
        if code is not None and not expected:
            raise ChildDiedError(f"{self.name} ended with exit code {code}{self._last_words()}")

    async def printed(self) -> bool | None:
        """Return True once a process that `ends` has printed its line."""
        assert self.process.stdout is not None  # noqa: S101 - `spawn` opens it for such a process
        with suppress(TimeoutError):
            async with asyncio.timeout(MOMENT_SECONDS):
                return bool(await self.process.stdout.readline()) or None
        return None

    async def ended(self) -> bool | None:
        return None if self.process.returncode is None else True

    async def stop(self, patience_seconds: float = 30) -> None:
        """Send SIGTERM, then SIGKILL if the process still runs after `patience_seconds`."""
        if self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), patience_seconds)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    async def kill(self) -> None:
        """Send SIGKILL, as a crash would: the process cannot clean up."""
        self.killed = True
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    def _last_words(self) -> str:
        if self.log is None:
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return ":\n" + "\n".join(lines)


async def spawn(  # noqa: PLR0913 - a process is made of these
    name: str,
    command: list[str],
    environment: Mapping[str, str],
    *,
    directory: Path | None,
    logs: Path | None,
    ends: bool = False,
) -> Child:
    """Start a process that never outlives us.

    The process gets its own session, so that Ctrl-C does not reach it: we stop the processes in
    order.
    """
    with ExitStack() as opened:
        log = None if logs is None else logs / f"{name}.log"
        output = None if log is None else opened.enter_context(log.open("ab"))
        process = await asyncio.create_subprocess_exec(
            *DIE_WITH_PARENT,
            str(os.getpid()),
            *command,
            env=dict(environment),
            cwd=directory,
            stdout=asyncio.subprocess.PIPE if ends else output,
            stderr=output,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    return Child(name, command, process, log, ends)
