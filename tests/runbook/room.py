"""One Mintpost for all situations of the runbook, and the commands as a person types them."""

import asyncio
import shlex
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from db.engine import Database
from domain.event import OPERATOR
from embedded.temporal_server import temporal_binary
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT
from tests.runbook.page import filled
from tests.support.commanding import Answer, Run
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running, running_worker
from tests.support.waiting import until

ORDINARY = recorded("01")


@dataclass(slots=True)
class Room:
    """`places` fill the page's `<sale id>` and its like. `stack` ends with the test."""

    setup: Setup
    mintpost: Mintpost
    postmark: FakePostmark
    mint: Run
    order: str
    stack: AsyncExitStack
    empty_database: Callable[[], Database]
    places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.postmark.default = ACCEPT
        self.places |= {
            "sale id": self.order,
            "address": f"{self.order}@example.org",
            "url": self.mintpost.url,
        }

    async def sell(self, **fields: str) -> None:
        """Sell the situation's order. `product_id` and the like are fields of Gumroad's ping."""
        await self.mintpost.ping(changed(ORDINARY, sale_id=self.order, **fields))

    def own(self, **changes: Any) -> Setup:  # noqa: ANN401 - any part of a setup
        """Go on with a database and a folder of its own, and with other parts."""
        database = self.empty_database()
        self.stack.callback(database.dispose)
        folder = Path(str(database.engine.url.database)).parent
        names = {"database": database, "folder": folder, "task_queue": f"apart-{self.order}"}
        self.setup = replace(self.setup, **{**names, **changes})
        return self.setup

    async def move(self, **changes: Any) -> None:  # noqa: ANN401 - as above
        self.mintpost = await self.stack.enter_async_context(running(self.own(**changes)))

    async def work(self) -> None:
        """Start the worker that the Mintpost lacks."""
        await self.stack.enter_async_context(running_worker(self.setup, self.mintpost.products))

    async def sentence(self, *words: str) -> str:
        """Wait until the order's newest event has a sentence with the words."""

        async def told() -> str | None:
            events = await self.mintpost.events(self.order)
            error = events[0].error if events else None
            return error if error and all(word in error for word in words) else None

        return await until(told, f"the event tells {words}")

    async def warning(self, word: str) -> str:
        """Wait until `/readyz` tells a sentence with the word."""

        async def told() -> str | None:
            answer = (await self.mintpost.http.get(f"{self.mintpost.url}/readyz")).text
            return answer if word in answer else None

        return await until(told, f"/readyz tells of {word}")

    async def outcome(self, expected: str) -> None:
        async def closed() -> bool | None:
            events = await self.mintpost.events(self.order)
            # A correction of the address is an event of the seller's.
            outcomes = [each.outcome for each in events if each.source != OPERATOR]
            return outcomes[:1] == [expected] or None

        await until(closed, f"the sale ends as {expected}")

    async def run(self, command: str) -> Answer:
        """Run a command of the page: ours in this process, Temporal's as a process."""
        program, *arguments = shlex.split(filled(command, self.places))
        if program == "temporal":
            return await self.run_temporal(arguments)
        assert program == "mintpost", command
        return await asyncio.to_thread(self.mint, *arguments)

    async def run_temporal(self, arguments: list[str]) -> Answer:
        address = self.mintpost.client.service_client.config.target_host
        words = [str(temporal_binary()), *arguments, "--address", address]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe)
        out, err = await process.communicate()
        return Answer(process.returncode or 0, out.decode(), err.decode())
