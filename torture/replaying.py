"""Cancels sales during a round, and replays them as `mintpost replay` does."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from db.engine import Database
from db.replaying import run_record
from domain.errors import DatabaseAwayError
from fakes.reactions import Request
from operations.replay.plans import Way, plan_named
from operations.replay.replaying import Replay
from torture.gathering import run_of

AWAY = (DatabaseAwayError, RPCError, RuntimeError, TimeoutError)
CANCEL_SECONDS = 2.0
AGAIN_SECONDS = 0.2
WATCHED = timedelta(seconds=20)
"""How long one replay is followed. A process that was killed may hold it up."""
LONGEST_SECONDS = 150.0
"""The watcher of runs that ended without an outcome needs up to two minutes."""


@dataclass(slots=True)
class Replayer:
    """A sale whose address is refused fails once more, until its correction is recorded."""

    database: Database
    client: Client
    source: str
    report: Callable[[str], None]
    _replays: set[asyncio.Task[None]] = field(default_factory=set)

    async def cancel(self, request: Request) -> None:
        """Cancel the run that sends this mail; replay it beside the round."""
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                run = await self.database.read(run_of, self.source, int(request.delivery))
                await self.client.get_workflow_handle(run).cancel()
        except AWAY as error:
            why = type(error).__name__
            self.report(f"that sale may not be canceled (delivery {request.delivery}): {why}")
            return
        self._replays.add(asyncio.create_task(self.replay(run)))

    async def replay(self, run: str) -> None:
        """Replay the run whenever it has failed, until its event has another outcome."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                while not await self.is_settled(run):
                    with suppress(*AWAY):
                        await self.replay_once(run)
                    await asyncio.sleep(AGAIN_SECONDS)

    async def is_settled(self, run: str) -> bool:
        with suppress(DatabaseAwayError):
            record = await self.database.read(run_record, run)
            return record is not None and record.outcome is not None and not record.is_failed
        return False

    async def replay_once(self, run: str) -> None:
        (plan,) = await plan_named(self.client, self.database, [run], settled=False)
        if plan.way is Way.NONE:
            return
        (replayed,) = await Replay(self.client, self.database, "torture").do([plan], WATCHED)
        self.report(f"{run} was canceled, and is replayed: {replayed.outcome}")

    async def finish(self) -> bool:
        """Wait until every canceled sale has been replayed; False if there is nothing to wait for.

        A mail's fault may strike at any time, so another may be canceled meanwhile.
        """
        under_way = [task for task in self._replays if not task.done()]
        await asyncio.gather(*under_way)
        return bool(under_way)

    def stop(self) -> None:
        for task in self._replays:
            task.cancel()
