"""PgBouncer in transaction mode: each transaction may get another connection of the server."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, func, select, text
from sqlalchemy.orm import Session

from db.dispatching import waiting_events
from db.engine import Database, open_engine
from db.late_rows import late_copies
from db.migrated import check_migrated, head
from db.migrating import migrate
from db.tables import EventRow, Table
from tests.db.concurrently import at_once
from tests.db.rows import store_event
from tests.support.pgbouncer import pgbouncer

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ROUNDS = 12
"""psycopg by itself prepares a statement at its sixth run."""


@pytest.fixture
def pooled(database_url: URL) -> Iterator[Database]:
    with pgbouncer(database_url) as url:
        database = Database(open_engine(url))
        yield database
        database.dispose()


def do_all(session: Session) -> None:
    store_event(session)
    waiting_events(session, 10)
    late_copies(session)


@ON_POSTGRESQL
def test_statements_that_are_repeated_work_whatever_server_connection_they_meet(
    pooled: Database,
) -> None:
    def work(_number: int) -> None:
        for _ in range(ROUNDS):
            pooled.write_here(do_all)
            pooled.read_here(waiting_events, 10)

    at_once(4, work)
    count = select(func.count()).select_from(EventRow)
    assert pooled.read_here(lambda session: session.scalar(count)) == 4 * ROUNDS


@ON_POSTGRESQL
def test_database_is_migrated_through_it(pooled: Database) -> None:
    Table.metadata.drop_all(pooled.engine)
    with pooled.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert migrate(pooled.engine) == head()
    check_migrated(pooled.engine)
