"""A database of an earlier test is as good as new, or is not used again."""

from collections.abc import Callable

import pytest
from sqlalchemy import URL, text

from db.engine import Database, open_engine
from tests.db.rows import stored
from tests.support.emptied import EmptiedDatabases


def altered(url: URL, statement: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def first_event(url: URL) -> int:
    database = Database(open_engine(url))
    (event_id,) = stored(database, ("order-1", "sale"))
    database.dispose()
    return event_id


@pytest.fixture
def databases(emptied_databases: EmptiedDatabases) -> EmptiedDatabases:
    return EmptiedDatabases(emptied_databases.create)


def test_rows_are_gone_and_ids_begin_again(databases: EmptiedDatabases) -> None:
    url = databases.take()
    assert first_event(url) == 1
    databases.free.append(url)
    assert databases.take() == url
    assert first_event(url) == 1


CHANGES: dict[str, Callable[[URL], str]] = {
    "column": lambda _: "ALTER TABLE events ADD COLUMN more TEXT",
    "index": lambda _: "CREATE INDEX of_a_test ON events (source)",
    "constraint": lambda _: "ALTER TABLE events DROP CONSTRAINT pk_events CASCADE",
    "right": lambda _: "GRANT SELECT ON events TO PUBLIC",
    "revision": lambda _: "UPDATE alembic_version SET version_num = '0001'",
    "setting": lambda url: f"ALTER DATABASE {url.database} SET statement_timeout = '9s'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_database_with_more_than_rows_in_it_is_not_used_again(
    databases: EmptiedDatabases, change: str
) -> None:
    url = databases.take()
    altered(url, CHANGES[change](url))
    assert not databases.has_emptied(url)


def test_database_in_use_is_not_used_again(databases: EmptiedDatabases) -> None:
    url = databases.take()
    engine = open_engine(url)
    with engine.connect():
        assert not databases.has_emptied(url)
    engine.dispose()
