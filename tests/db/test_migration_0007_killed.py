"""Migration 0007 is one transaction: a killed process changes nothing, the next succeeds."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, inspect, text

from db.migrated import head
from db.migrating import migrate
from tests.db.migrated import at_revision
from tests.support.processes import REPOSITORY, run
from tests.support.released_events import fill

SWITCH = Path(__file__).parent / "switches" / "killed_migration"
EVENTS = 3000
"""More pages than SQLite caches, so that the write-ahead log holds a part of the new tables."""

MIGRATE = """\
from os import environ
from db.engine import database_url, open_engine
from db.migrating import migrate
migrate(open_engine(database_url(environ["DATABASE_URL"])))
"""
"""Imports a third of what `mintpost migrate` does, and calls the same function."""

LAST = "UPDATE alembic_version SET version_num='0007'"
BEFORE = {
    "sqlite": ("DROP TABLE events", LAST),
    "postgresql": ("ALTER TABLE requests DROP COLUMN kind", LAST),
}
EVENTS_OF_0006 = {"request_id", "body", "headers", "sender", "matched_secret"}


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    engine = at_revision(database_url, "0006")
    fill(engine, EVENTS)
    yield engine
    engine.dispose()


async def migrated(engine: Engine, folder: Path, kill_before: str) -> int:
    """Migrate in a new process, which ends before the statement. Return the exit code."""
    environment = {
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "KILL_BEFORE": kill_before,
        "PYTHONPATH": f"{SWITCH}:{REPOSITORY}",
    }
    code, _ = await run(sys.executable, "-c", MIGRATE, folder=folder, environment=environment)
    return code


def version(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - our own words
        return int(found.scalar_one())


async def test_killed_migration_leaves_the_old_tables_and_runs_again(
    engine: Engine, tmp_path: Path
) -> None:
    for statement in BEFORE[engine.dialect.name]:
        assert await migrated(engine, tmp_path, statement) == -9
        found = inspect(engine)
        assert version(engine) == "0006"
        assert not {"requests", "facts", "new_events"} & set(found.get_table_names())
        assert {each["name"] for each in found.get_columns("events")} >= EVENTS_OF_0006
        assert count(engine, "events") == EVENTS
    migrate(engine)
    migrate(engine)  # Again, which changes nothing.
    assert version(engine) == head()
    assert count(engine, "events") == count(engine, "requests") == EVENTS
