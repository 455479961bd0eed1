"""Connections that were opened while nobody could write SQLite's file, and their end."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import URL, Connection, event, func, select

from db.engine import Database, open_engine
from db.tables import EventRow
from domain.errors import DatabaseAwayError
from tests.db.rows import store_event
from tests.support.unwritable import (
    NAME,
    OTHER,
    TAKEN_AWAY,
    acting_as,
    copy_with_log,
    give_back,
    open_to_others,
    take_away,
)

COUNT = select(func.count()).select_from(EventRow)
LONG_SECONDS = 30


WHICHEVER = pytest.mark.parametrize("folder", ["the-file", "its-log"], indirect=True)


@pytest.fixture
def folder(sqlite: URL, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Yield a folder with a database that can be read only, by its log if nothing else is asked."""
    names = TAKEN_AWAY[getattr(request, "param", "its-log")]
    with open_to_others() as folder:
        copy_with_log(Path(str(sqlite.database)), folder)
        give_back(folder)
        take_away(folder, names)
        with acting_as(OTHER):
            yield folder


def opened(folder: Path, patience_seconds: float = LONG_SECONDS) -> Database:
    url = URL.create("sqlite", database=str(folder / NAME))
    return Database(open_engine(url, patience_seconds=patience_seconds))


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    database = opened(folder)
    yield database
    database.dispose()


def count(database: Database) -> int:
    return database.read_here(lambda session: session.execute(COUNT).scalar_one())


def reading(database: Database) -> Connection:
    """Return a connection in the middle of a read."""
    connection = database.engine.execution_options(sqlite_begin="BEGIN").connect()
    connection.execute(COUNT).all()
    return connection


def fail_to_write(database: Database) -> None:
    with pytest.raises(DatabaseAwayError, match="SQLITE_READONLY"):
        database.write_here(store_event)


@WHICHEVER
def test_one_write_fails_after_the_file_was_mended_and_all_others_succeed(
    folder: Path, database: Database
) -> None:
    with ExitStack() as together:
        for _ in range(3):
            together.enter_context(reading(database))
    give_back(folder)
    fail_to_write(database)
    assert count(database) == 0
    assert [database.write_here(store_event) for _ in range(4)] == [1, 2, 3, 4]


def test_write_waits_for_a_read_that_holds_the_log_open(folder: Path, database: Database) -> None:
    opening = Event()
    with ThreadPoolExecutor(1) as thread, reading(database):
        give_back(folder)
        fail_to_write(database)
        event.listen(database.engine, "do_connect", lambda *_: opening.set())
        written: Future[int] = thread.submit(database.write_here, store_event)
        assert opening.wait(LONG_SECONDS)
        early, _ = wait([written], timeout=0.1)
    assert early == set()
    assert written.result() == 1


def test_reads_without_a_pause_keep_no_write_away(folder: Path, database: Database) -> None:
    stop = Event()

    def read_on() -> bool:
        while not stop.is_set():
            count(database)
        return True

    with ThreadPoolExecutor(4) as threads, ExitStack() as at_the_end:
        readers = [threads.submit(read_on) for _ in range(4)]
        at_the_end.callback(stop.set)
        fail_to_write(database)
        give_back(folder)
        with suppress(DatabaseAwayError):
            database.write_here(store_event)
        database.write_here(store_event)
    assert all(reader.result() for reader in readers)


def test_read_that_does_not_end_delays_others_and_no_more(folder: Path) -> None:
    database = opened(folder, patience_seconds=0.05)
    with reading(database) as endless:
        give_back(folder)
        fail_to_write(database)
        assert count(database) == 0
        fail_to_write(database)
        assert endless.execute(COUNT).scalar_one() == 0
    assert database.write_here(store_event) == 1
    database.dispose()


@WHICHEVER
def test_reads_go_on_while_the_file_cannot_be_written(database: Database) -> None:
    for _ in range(3):
        fail_to_write(database)
        assert count(database) == 0
