"""Records the seller's acts during a round, as `mintpost revoke` and the other commands do."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

from db.acting import NewAct, record_act
from db.engine import Database
from domain.errors import DatabaseAwayError
from kit.clock import utc_now
from torture.drawing import PlannedAct

AGAIN_SECONDS = 0.1


@dataclass(slots=True)
class Seller:
    """`recorded` are the keys of the acts that the database has."""

    database: Database
    source: str
    recorded: set[str] = field(default_factory=set)

    async def act_all(self, acts: Iterable[PlannedAct]) -> None:
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            for planned in acts:
                await asyncio.sleep(began + planned.at - monotonic())
                group.create_task(self.act(planned))

    async def act(self, planned: PlannedAct) -> None:
        """Retry while the database is away. The key makes a repeated commit harmless."""
        new = NewAct(self.source, planned.act, planned.key)
        while planned.key not in self.recorded:
            try:
                await self.database.write(record_act, new, utc_now())
            except DatabaseAwayError:
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self.recorded.add(planned.key)
