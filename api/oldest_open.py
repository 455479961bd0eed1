"""The open events, as `/readyz` tells a monitor of them. Anybody may read it: no sale is named."""

from dataclasses import dataclass

from db.engine import Database
from db.views.waiting import count_open
from domain.errors import DatabaseAwayError
from kit.times import iso


@dataclass(frozen=True, slots=True)
class OldestOpen:
    database: Database

    async def told(self) -> dict[str, str | int] | None:
        """Return the number of open events and the arrival of the oldest; None without one."""
        try:
            found = await self.database.read(count_open)
        except DatabaseAwayError:
            return None
        if found.oldest is None:
            return None
        return {"received_at": iso(found.oldest.replace(microsecond=0)), "open": found.count}
