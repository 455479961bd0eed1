"""A migration locks all tables or none, so that it and a sale under way end neither other."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection, Engine, text

from db.migrated import head, opened
from db.migrating import migrate
from db.table_locks import lock_tables
from domain.errors import DatabaseAwayError
from tests.db.migrated import at_revision
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

READ_SALES = text("SELECT count(*) FROM sales")
WRITE_EVENTS = text("UPDATE events SET note = note")
WAITING = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE datname = current_database() AND mode = 'AccessExclusiveLock' AND NOT granted"
)


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    engine = at_revision(database_url, "0009")
    yield engine
    engine.dispose()


@pytest.fixture
def watcher(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection


async def test_sale_under_way_ends_first_and_then_the_migration_goes_on(
    engine: Engine, watcher: Connection
) -> None:
    with engine.connect() as sale:
        sale.execute(READ_SALES)
        migrating = asyncio.create_task(asyncio.to_thread(migrate, engine))

        async def queued() -> bool | None:
            return True if watcher.scalar(WAITING) else None

        await until(queued, "the migration waits for the sale")
        # A migration that kept the lock of events here would be in a deadlock with the sale.
        await asyncio.to_thread(sale.execute, WRITE_EVENTS)
        assert not migrating.done()
        sale.commit()
        assert await migrating == head()


def test_transaction_that_goes_on_and_on_is_named_as_the_cause(engine: Engine) -> None:
    with engine.connect() as backup:
        backup.execute(READ_SALES)
        words = "another transaction holds its lock"
        with pytest.raises(DatabaseAwayError, match=words), opened(engine) as connection:
            lock_tables(connection, patience=0)


def test_migration_waits_without_a_limit_for_what_it_does_after_its_locks(engine: Engine) -> None:
    with opened(engine) as connection:
        lock_tables(connection)
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "0"
