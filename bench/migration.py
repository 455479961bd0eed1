"""Measures how long migration 0007 takes on a database that has been in use for years.

`make bench` prints the time and the size of the database's files, for SQLite and for PostgreSQL.
Each event has a request of the usual size. See docs/adr/0024-requests-apart-from-events.md.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from sqlalchemy import URL, Engine, text

from db.engine import open_engine
from db.migrating import migrate
from tests.db.migrated import at_revision
from tests.support.postgres import run_postgres
from tests.support.released_events import fill

EVENTS = int(os.environ.get("BENCH_EVENTS", "100000"))


@contextmanager
def sqlite() -> Iterator[URL]:
    with tempfile.TemporaryDirectory() as folder:
        yield URL.create("sqlite", database=str(Path(folder) / "mintpost.db"))


@contextmanager
def postgresql() -> Iterator[URL]:
    with run_postgres() as server:
        engine = open_engine(server)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CREATE DATABASE bench"))
            # The server of the tests does not wait for the disk, and a seller's server does.
            connection.execute(text("ALTER SYSTEM SET fsync = on"))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield server.set(database="bench")


def size(engine: Engine) -> int:
    engine.dispose()  # SQLite then takes its log into the file.
    if engine.dialect.name == "sqlite":
        return sum(file.stat().st_size for file in Path(engine.url.database or "").parent.iterdir())
    with engine.connect() as connection:
        found = connection.execute(text("SELECT pg_database_size(current_database())"))
        return int(found.scalar_one())


def measure(url: URL, revision: str, what: str, fill: Callable[[Engine], None]) -> None:
    """Print how long the migrations after `revision` take on what `fill` inserts there."""
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    engine = at_revision(url, revision)
    fill(engine)
    before, began = size(engine), perf_counter()
    migrate(engine)
    took, after = perf_counter() - began, size(engine)
    engine.dispose()
    print(  # noqa: T201 - its only output
        f"{url.get_backend_name():12} {what} {took:6.1f} s "
        f"{before / 2**20:6.0f} MiB before {after / 2**20:6.0f} MiB after"
    )


def measure_both(revision: str, what: str, fill: Callable[[Engine], None]) -> None:
    for database in (sqlite, postgresql):
        with database() as url:
            measure(url, revision, what, fill)


if __name__ == "__main__":
    measure_both("0006", f"{EVENTS:>9,} events", lambda engine: fill(engine, EVENTS))
