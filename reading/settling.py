"""Settles the rows of an order, and notes the unused parts of each row."""

from dataclasses import dataclass, replace
from datetime import datetime

from db.copies import ComparedCopy, load_copy
from db.events import note_event, order_of_event
from db.late_rows import late_copies
from db.orders import (
    close_row,
    copies_to_settle,
    fail_run,
    rows_to_fail,
    settle_copy,
)
from domain.event import DELIVERED, Outcome
from domain.facts import Fact
from domain.remarks import remark_on
from kit.instruments import SETTLED
from kit.log_context import about, subject
from reading.reader import Reader

LONGEST_COMPARED = 64 * 1024
"""Ten times what a storefront sends. The relay compares too, and a sale must not wait for it."""

MOST_KEPT = 2**63
"""The worker compares the one body of a run's own event, at any length."""


@dataclass(frozen=True, slots=True)
class Settling:
    """A crash between two copies leaves rows to be settled."""

    reader: Reader

    async def close(self, event_id: int, outcome: str, now: datetime) -> int:
        """Settle this row, and the order's other open or failed rows as its duplicates.

        Return how many rows were settled.
        """
        # The copies first: who sees the row settled sees the order settled.
        settled = await self.close_copies(event_id, outcome, now)
        own = await self.about(event_id, MOST_KEPT) if outcome in DELIVERED else None
        settled_own = await self.reader.database.write(close_row, event_id, outcome, now, own)
        count_settled(outcome, settled_own)
        return settled + settled_own

    async def close_copies(self, event_id: int, outcome: str, now: datetime) -> int:
        copies = await self.reader.database.read(copies_to_settle, event_id, outcome)
        return sum([await self.settle(copy, event_id, now) for copy in copies])

    async def fail(self, event_id: int, sentence: str, now: datetime) -> int:
        """Fail the run's rows, and note on each whether its address differs."""
        database = self.reader.database
        for row in await database.read(rows_to_fail, event_id):
            if (remark := await self.about(row)) is not None:
                await database.write(note_event, row, remark)
        failed = await database.write(fail_run, event_id, sentence, now)
        count_settled(Outcome.FAILED, failed)
        return failed

    async def settle_late(self, now: datetime) -> None:
        database = self.reader.database
        for copy, settled_by in await database.read(late_copies):
            with about(order=await database.read(order_of_event, copy)):
                await self.settle(copy, settled_by, now)

    async def apply(self, copy: int, now: datetime) -> None:
        """Leave the copy open. The relay, which can start runs, gives it one."""

    async def settle(self, event_id: int, settled_by: int, now: datetime) -> int:
        """Settle a copy, unless it tells a refund or a dispute, which must reach the license."""
        with about(event=event_id):
            return await self._settle(event_id, settled_by, now)

    async def _settle(self, event_id: int, settled_by: int, now: datetime) -> int:
        copy = await self.compared(event_id)
        if isinstance(copy, ComparedCopy) and copy.tells_taking_back:
            await self.apply(event_id, now)
            return 0
        remark = _remark(copy)
        rows = await self.reader.database.write(settle_copy, event_id, settled_by, now, remark)
        count_settled(Outcome.DUPLICATE, rows)
        return rows

    async def about(self, event_id: int, longest: int = LONGEST_COMPARED) -> str | None:
        return _remark(await self.compared(event_id, longest))

    async def compared(
        self, event_id: int, longest: int = LONGEST_COMPARED
    ) -> ComparedCopy | str | None:
        """Load a copy with its facts. The body is read once, if no step has read it yet."""
        copy = await self.reader.database.read(load_copy, event_id, longest)
        if isinstance(copy, ComparedCopy) and not copy.facts:
            return replace(copy, facts=await self.facts_of(event_id))
        return copy

    async def facts_of(self, event_id: int) -> tuple[Fact, ...]:
        """Return the facts of a copy that no step has read yet."""
        return await self.reader.read_now(event_id)


def count_settled(outcome: str, rows: int) -> None:
    if rows:
        SETTLED.count(subject().source, outcome, by=rows)


def _remark(copy: ComparedCopy | str | None) -> str | None:
    if isinstance(copy, ComparedCopy):
        return remark_on(copy.source, copy.facts, copy.sold)
    return copy
