"""A process accepts a migrated database, and refuses others with the command to run."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, func, inspect, select, text

import db.migrated
from db.engine import open_engine
from db.migrated import WrongMigrationError, check_migrated, head
from db.migrating import MIGRATION_LOCK, migrate
from db.tables import Table
from domain.errors import DatabaseAwayError
from tests.support.postgres import create_role
from tests.support.waiting import until

NEWEST = head()
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{down}"
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.add_column("events", sa.Column("later", sa.Text(), nullable=True))
"""


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """Open a database for this test alone, because the test changes its tables."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this version one more migration."""
    migrations = tmp_path / "migrations"
    shutil.copytree(db.migrated.MIGRATIONS, migrations)
    (migrations / "versions" / "9999_later.py").write_text(NEXT.format(down=head()))
    monkeypatch.setattr("db.migrated.MIGRATIONS", migrations)
    monkeypatch.setattr("db.migrating.MIGRATIONS", migrations)


def empty(engine: Engine) -> None:
    Table.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


def columns(engine: Engine) -> set[str]:
    return {column["name"] for column in inspect(engine).get_columns("events")}


def test_newest_migration_equals_the_models(engine: Engine) -> None:
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_alembic_knows_the_same_migrations() -> None:
    scripts = ScriptDirectory(str(db.migrated.MIGRATIONS))
    assert scripts.get_current_head() == head()
    assert {script.revision for script in scripts.walk_revisions()} == db.migrated._known()  # noqa: SLF001 - the two lists are one


def test_database_at_the_newest_migration_is_taken(engine: Engine) -> None:
    check_migrated(engine)


def test_empty_database_is_refused_until_it_is_migrated(engine: Engine) -> None:
    empty(engine)
    with pytest.raises(WrongMigrationError, match="has no tables yet: run `mintpost migrate`"):
        check_migrated(engine)
    assert migrate(engine) == head()
    check_migrated(engine)


@pytest.mark.usefixtures("later_version")
def test_older_database_is_refused_until_it_is_migrated(engine: Engine) -> None:
    refusal = f"at migration {NEWEST} and this version needs 9999: run `mintpost migrate`"
    with pytest.raises(WrongMigrationError, match=refusal):
        check_migrated(engine)
    assert migrate(engine) == "9999"
    assert "later" in columns(engine)
    check_migrated(engine)


def test_newer_database_is_neither_taken_nor_migrated(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refuse in (check_migrated, migrate):
        with pytest.raises(WrongMigrationError, match=r"migration 9999.*upgrade Mintpost"):
            refuse(engine)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_machines_that_migrate_take_turns(engine: Engine) -> None:
    empty(engine)
    with engine.begin() as other:
        other.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        migrating = asyncio.create_task(asyncio.to_thread(migrate, engine))

        async def waits_or_is_done() -> bool | None:
            queued = text(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            )
            return migrating.done() or other.scalar(queued) == 1 or None

        await until(waits_or_is_done, "the second machine waits")
        assert not migrating.done()
    assert await migrating == head()


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("this is no SQLite file, however long it goes on about it" * 20)
    engine = open_engine(db.engine.database_url(f"sqlite:///{file}"))
    with pytest.raises(WrongMigrationError, match="check DATABASE_URL"):
        check_migrated(engine)
    engine.dispose()


def test_server_that_is_not_there_is_waited_for() -> None:
    engine = open_engine(db.engine.database_url("postgres://u:p@127.0.0.1:1/d"))
    with pytest.raises(DatabaseAwayError):
        check_migrated(engine)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_user_that_may_not_read_the_tables_is_told_what_it_lacks(database_url: URL) -> None:
    owner = open_engine(database_url)
    with owner.begin() as connection:
        connection.execute(text(create_role(database_url, "some_stranger")))
    engine = open_engine(database_url.set(username="some_stranger"))
    refusal = r"refuses to be used \(InsufficientPrivilege\): 42501, its user lacks a privilege"
    with pytest.raises(WrongMigrationError, match=refusal):
        check_migrated(engine)
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text("DROP ROLE some_stranger"))
    owner.dispose()
