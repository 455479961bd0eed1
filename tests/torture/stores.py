"""Databases for several runs in one process, of which only one at a time could migrate."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, text
from typing_extensions import override

from commands.torture.store import SqliteStore
from db.engine import open_engine

ONE_PER_ORDER = re.compile(r",\s*CONSTRAINT \w+ UNIQUE \(source, order_id, line\)")


@dataclass(slots=True)
class CopiedStore(SqliteStore):
    """`lax`: its licenses have lost the constraint of one per order line."""

    template: Path
    lax: bool = False

    @override
    def prepare(self) -> None:
        shutil.copyfile(self.template, self.file)
        if self.lax:
            drop_constraint(self.url)


def drop_constraint(url: URL) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        made = "SELECT sql FROM sqlite_master WHERE name = 'licenses'"
        lax, count = ONE_PER_ORDER.subn("", connection.execute(text(made)).scalar_one())
        assert count == 1
        connection.execute(text("DROP TABLE licenses"))
        connection.execute(text(lax))
    engine.dispose()
