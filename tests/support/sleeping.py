"""A stack whose processes only sleep, because the real ones take seconds to start."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from typing_extensions import override

from embedded.stack import Stack, StackPlan


@dataclass(slots=True)
class SleepingStacks:
    """Makes stacks in place of `Stack`, whose own code spawns, watches and stops the processes.

    `meanwhile` is done once a stack has started. With `during_start`, which is done before, the
    stack does not become ready.
    """

    meanwhile: Callable[[list[int]], None] = lambda _: None
    during_start: Callable[[list[int]], None] | None = None
    pids: list[int] = field(default_factory=list)
    watched: bool = False

    def __call__(self, plan: StackPlan) -> Stack:
        return _Sleeping(plan, self)

    def left(self) -> list[int]:
        """Return the processes that are still there."""
        return [pid for pid in self.pids if _lives(pid)]


class _Sleeping(Stack):
    def __init__(self, plan: StackPlan, stacks: SleepingStacks) -> None:
        super().__init__(plan)
        self.stacks = stacks

    @override
    async def start(self) -> None:
        for name in ("temporal", "worker", "api"):
            await self.spawn(name, ["/bin/sleep", "60"])
            self.stacks.pids.append(self.children[-1].process.pid)
        if self.stacks.during_start is not None:
            self.stacks.during_start(self.stacks.pids)
            await self.until("the stack", self.never_ready)

    async def never_ready(self) -> bool | None:
        return None

    @override
    async def watch(self) -> None:
        self.stacks.watched = True
        self.stacks.meanwhile(self.stacks.pids)
        await super().watch()


def sends(number: signal.Signals) -> Callable[[list[int]], None]:
    """Send this process a signal, as a terminal does."""
    return lambda _: os.kill(os.getpid(), number)


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
