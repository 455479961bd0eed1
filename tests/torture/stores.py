"""Databases for several runs in one process. They are copied: only one can migrate at a time."""

import asyncio
import re
import shutil
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import URL, text
from typing_extensions import override

from db.engine import open_engine
from torture.database import SqliteStore

ONE_PER_ORDER = re.compile(r",\s*CONSTRAINT \w+ UNIQUE \(source, order_id, line\)")


@dataclass(slots=True)
class CopiedStore(SqliteStore):
    """`lax`: the license table lacks its unique constraint for order lines."""

    template: Path
    lax: bool = False
    locked: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    def prepare(self) -> None:
        shutil.copyfile(self.template, self.file)
        if self.lax:
            drop_constraint(self.url)

    @override
    async def be_away(self, seconds: float) -> None:
        with closing(await asyncio.to_thread(self._locked)):
            self.locked.set()
            await asyncio.sleep(seconds)

    async def until_away(self, _request: httpx.Request) -> None:
        """Hold a request back until the lock is held, however long that takes."""
        await self.locked.wait()


def drop_constraint(url: URL) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        made = "SELECT sql FROM sqlite_master WHERE name = 'licenses'"
        lax, count = ONE_PER_ORDER.subn("", connection.execute(text(made)).scalar_one())
        assert count == 1
        connection.execute(text("DROP TABLE licenses"))
        connection.execute(text(lax))
    engine.dispose()
