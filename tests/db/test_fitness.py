"""PostgreSQL with other defaults of a role or a database: it works, or is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import URL, Connection, Engine, text

from db.engine import Database, open_engine
from db.fitness import refuse_unfit
from db.migrated import WrongMigrationError, check_migrated, head
from db.migrating import migrate
from db.tables import EventRow
from db.views.search import find_sales
from tests.conftest import STRATEGY
from tests.db.rows import NOON, mint, sale_of, store_event
from tests.support.pgbouncer import pgbouncer
from tests.support.postgres import create_role

NUMBERS = count(1)


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@contextmanager
def server(url: URL) -> Iterator[Connection]:
    """Run each statement outside a transaction, because CREATE DATABASE needs that."""
    with opened(url) as engine:
        alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection:
            yield connection


@pytest.fixture
def owned(postgres: URL) -> Iterator[URL]:
    """Make an empty database for an owner without superuser rights."""
    name = f"fitness_{next(NUMBERS)}"
    with server(postgres.set(database="postgres")) as connection:
        connection.execute(text(create_role(postgres, name)))
        connection.execute(text(f"CREATE DATABASE {name} OWNER {name} {STRATEGY}"))
        yield postgres.set(database=name, username=name)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(text(f"DROP ROLE {name}"))


def alter(url: URL, what: str) -> None:
    """Change the role's defaults, logged in as the role."""
    with opened(url) as engine, engine.begin() as connection:
        connection.execute(text(f"ALTER ROLE {url.username} SET {what}"))


def use(url: URL) -> None:
    with opened(url) as engine:
        assert migrate(engine) == head()
        check_migrated(engine)
    database = Database(open_engine(url))
    stored = database.write_here(store_event)
    received = database.read_here(lambda session: session.get_one(EventRow, stored)).received_at
    assert (received, received.utcoffset()) == (NOON, timedelta(0))
    database.write_here(mint, replace(sale_of(), name="Łukasz 李 😀"))
    (found,) = database.read_here(find_sales, "Łukasz", "", 10)
    assert found.name == "Łukasz 李 😀"
    database.dispose()


WORKS = [
    "\"DateStyle\" = 'German, DMY'",
    "\"DateStyle\" = 'SQL, MDY'",
    "\"DateStyle\" = 'Postgres, DMY'",
    "\"TimeZone\" = 'America/St_Johns'",
    "\"TimeZone\" = '<+0330>-03:30'",
    "\"IntervalStyle\" = 'sql_standard'",
    "client_encoding = 'LATIN1'",
    "bytea_output = 'escape'",
    "standard_conforming_strings = off",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_deferrable = on",
    "statement_timeout = '15s'",
    "lock_timeout = '1s'",
]


@pytest.mark.parametrize("what", WORKS)
def test_role_with_other_defaults_is_served(owned: URL, what: str) -> None:
    alter(owned, what)
    use(owned)


@pytest.mark.parametrize("what", WORKS[:5])
def test_role_with_other_defaults_is_served_through_a_pooler(owned: URL, what: str) -> None:
    alter(owned, what)
    with pgbouncer(owned) as url:
        use(url)


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("statement_timeout = '900ms'", "statement_timeout is 900 ms for this user"),
        ("idle_in_transaction_session_timeout = '1s'", "session_timeout is 1000 ms for this user"),
        ("default_transaction_read_only = on", "default_transaction_read_only is on"),
    ],
)
def test_role_with_defaults_that_break_something_is_refused_with_what_mends_it(
    owned: URL, what: str, problem: str
) -> None:
    alter(owned, what)
    with opened(owned) as engine, pytest.raises(WrongMigrationError) as refused:
        migrate(engine)
    assert problem in str(refused.value)
    (mend,) = re.findall("`(ALTER ROLE [^`]+;)`", str(refused.value))
    with server(owned) as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text(mend))
    use(owned)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_that_cannot_hold_every_name_is_refused(
    postgres: URL, owned: URL, encoding: str
) -> None:
    narrow = owned.set(database=f"{owned.database}_narrow")
    with server(postgres.set(database="postgres")) as connection:
        connection.execute(
            text(
                f"CREATE DATABASE {narrow.database} OWNER {owned.username} TEMPLATE template0 "
                f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
        )
        refused = pytest.raises(WrongMigrationError, match=f"stores text as {encoding}")
        with opened(narrow) as engine, refused as told:
            migrate(engine)
        connection.execute(text(f"DROP DATABASE {narrow.database} WITH (FORCE)"))
    assert "CREATE DATABASE mintpost ENCODING 'UTF8' TEMPLATE template0;" in str(told.value)


def test_migration_may_take_longer_than_a_statement_and_wait_for_its_turn(owned: URL) -> None:
    alter(owned, "statement_timeout = '15s'")
    alter(owned, "lock_timeout = '1s'")
    with opened(owned) as engine, engine.begin() as connection:
        refuse_unfit(connection)
        for name in ("statement_timeout", "lock_timeout"):
            assert connection.execute(text(f"SHOW {name}")).scalar_one() == "0"
    with opened(owned) as engine, engine.begin() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "15s"
