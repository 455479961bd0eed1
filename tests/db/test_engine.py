"""The settings of both engines, and their effect on the databases."""

from collections.abc import Iterator
from contextlib import closing
from sqlite3 import connect

import psycopg
import pytest
from sqlalchemy import URL, func, insert, select, text
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.orm import Session

from db.engine import Database, database_url as read_url, open_engine
from db.tables import DeliveryRow, EventRow, SigningKeyRow
from domain.errors import DatabaseAwayError
from tests.db.concurrently import at_once
from tests.db.rows import NOON, store_event
from tests.support.outages import read_only

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def database(database_url: URL) -> Iterator[Database]:
    """Open a database for this test alone, because its changes may outlive the test."""
    database = Database(open_engine(database_url))
    yield database
    database.dispose()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgres://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
        ("postgresql://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
        ("postgresql+psycopg://u:p@h:5433/d?sslmode=require", "postgresql+psycopg"),
    ],
)
def test_every_form_of_a_postgresql_url_means_psycopg_3(written: str, meant: str) -> None:
    url = read_url(written)
    assert (url.drivername, url.username, url.password) == (meant, "u", "p")
    assert (url.host, url.port, url.database, url.query) == ("h", 5433, "d", {"sslmode": "require"})


def test_sqlite_url_stays_as_it_is() -> None:
    assert str(read_url("sqlite:////var/lib/mintpost.db")) == "sqlite:////var/lib/mintpost.db"


@pytest.mark.parametrize(
    "written", ["", "nonsense", "mysql://h/d", "postgresql+psycopg2://h/d", "oracle://h/d"]
)
def test_other_databases_are_refused(written: str) -> None:
    with pytest.raises(ArgumentError):
        read_url(written)


@ON_SQLITE
def test_every_sqlite_connection_is_durable_and_keeps_references(database: Database) -> None:
    def pragma(name: str) -> tuple[object, ...]:
        return tuple(
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for connection in two
        )

    # Both are open at once, so the second is another connection of the pool.
    reader = database.engine.execution_options(sqlite_begin="BEGIN")
    with reader.connect() as one, reader.connect() as other:
        two = (one, other)
        assert pragma("journal_mode") == ("wal", "wal")
        assert pragma("synchronous") == (2, 2)
        assert pragma("foreign_keys") == (1, 1)
        assert pragma("busy_timeout") == (3000, 3000)


def test_row_cannot_refer_to_one_that_does_not_exist(database: Database) -> None:
    orphan = insert(DeliveryRow).values(
        license_id=1, reason="sale", to="x", status="pending", attempts=0, created_at=NOON
    )
    with pytest.raises(IntegrityError):
        database.write_here(lambda session: session.execute(orphan))


def test_transactions_that_read_first_and_write_later_all_succeed(database: Database) -> None:
    def read_then_write(session: Session, number: int) -> None:
        session.scalar(select(func.count()).select_from(SigningKeyRow))
        session.execute(insert(SigningKeyRow).values(kid=str(number), x="x", created_at=NOON))

    at_once(8, lambda number: database.write_here(read_then_write, number))
    count = select(func.count()).select_from(SigningKeyRow)
    assert database.read_here(lambda session: session.scalar(count)) == 8


@ON_SQLITE
def test_reader_does_not_wait_for_a_writer(database: Database, database_url: URL) -> None:
    with closing(connect(str(database_url.database), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        count = select(func.count()).select_from(SigningKeyRow)
        assert database.read_here(lambda session: session.scalar(count)) == 0
        writer.execute("ROLLBACK")


@ON_SQLITE
def test_lock_that_is_held_too_long_means_away(database_url: URL) -> None:
    database = Database(open_engine(database_url, patience_seconds=0.05))
    with closing(connect(str(database_url.database), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseAwayError):
            database.write_here(store_event)
        writer.execute("ROLLBACK")
    assert database.write_here(store_event) == 1
    database.dispose()


@ON_POSTGRESQL
def test_host_that_vanishes_is_noticed_and_the_url_may_say_when(database_url: URL) -> None:
    def asked_of_libpq(url: URL) -> dict[str, str]:
        engine = open_engine(url)
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            asked = driver.info.get_parameters()
        engine.dispose()
        return asked

    names = ("keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout")
    asked = asked_of_libpq(database_url)
    assert [asked[name] for name in names] == ["30", "10", "3", "30000"]
    asked = asked_of_libpq(database_url.update_query_dict({"keepalives_idle": "7"}))
    assert (asked["keepalives_idle"], asked["tcp_user_timeout"]) == ("7", "30000")


@ON_POSTGRESQL
def test_connection_that_the_server_ended_is_replaced(database: Database) -> None:
    def own_process(session: Session) -> int:
        return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())

    first = database.write_here(own_process)
    killer = open_engine(database.engine.url)
    with killer.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    killer.dispose()
    assert database.write_here(own_process) != first


@ON_POSTGRESQL
def test_connection_that_ends_in_mid_transaction_means_away(database: Database) -> None:
    suicide = text("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(DatabaseAwayError):
        database.write_here(lambda session: session.execute(suicide))


@ON_POSTGRESQL
def test_server_that_only_reads_for_now_means_away_and_its_sessions_are_left(
    database: Database, database_url: URL
) -> None:
    away = pytest.raises(DatabaseAwayError, match="ReadOnlySqlTransaction")
    with read_only(database_url), away:
        database.write_here(store_event)
    database.write_here(store_event)


def test_query_that_raises_leaves_nothing(database: Database) -> None:
    def store_and_fail(session: Session) -> None:
        store_event(session)
        raise KeyError

    with pytest.raises(KeyError):
        database.write_here(store_and_fail)
    count = select(func.count()).select_from(EventRow)
    assert database.read_here(lambda session: session.scalar(count)) == 0
