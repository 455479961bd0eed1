"""Refuses a migration for which SQLite's disk has no room.

The commit of such a migration may succeed in SQLite's log. Then the full disk takes neither the
rows from the log nor a new request, neither into the database nor into the spool.
"""

import shutil
from pathlib import Path

from sqlalchemy import Engine

from db.migrated import WrongMigrationError

REWRITES = "0007"
"""The newest migration that writes the largest table of SQLite again."""

TIMES = 3
"""The log takes the new tables and the emptied pages, then the file grows by the new tables."""

MIB = 2**20


def refuse_full_disk(engine: Engine, found: str | None) -> None:
    """Raise WrongMigrationError where the disk cannot hold a migration that is to come."""
    file = Path(engine.url.database or "")
    if engine.dialect.name != "sqlite" or found is None or found >= REWRITES:
        return
    needed, free = TIMES * file.stat().st_size, shutil.disk_usage(file.parent).free
    if free < needed:
        raise WrongMigrationError(
            f"migration {REWRITES} writes the database's file again and needs {_mib(needed)} of "
            f"free disk, and {_mib(free)} are free: make room, then run "
            "`mintpost migrate`"
        )


def _mib(size: int) -> str:
    return f"{max(1, round(size / MIB)):,} MiB"
