"""The engine for SQLite or PostgreSQL, and the class through which all queries run."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    TimeoutError as PoolTimeout,
)
from sqlalchemy.orm import Session

from db.causes import away
from db.sqlite import open_sqlite

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 5
"""Threads that read, and as many that write, because a read must not wait for another's lock."""

READ_ONLY = {"sqlite_begin": "BEGIN"}
DRIVERS = ("sqlite", "postgresql+psycopg")


def database_url(text: str) -> URL:
    """Read DATABASE_URL; `postgres://` and `postgresql://` mean psycopg 3.

    Raises ArgumentError if the text is no URL, or Mintpost cannot use such a database.
    """
    url = make_url(text)
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in DRIVERS:
        raise ArgumentError("only SQLite and PostgreSQL can be used")
    return url


def open_engine(url: URL, *, patience_seconds: float = 3) -> Engine:
    """Open an engine. `patience_seconds` limits a connect and the wait for SQLite's lock."""
    if url.get_backend_name() == "sqlite":
        return open_sqlite(url, patience_seconds, 2 * THREADS)
    # Only here, because importing psycopg takes a tenth of a second, and SQLite needs none of it.
    from db.postgres import open_postgres  # noqa: PLC0415

    return open_postgres(url, patience_seconds, 2 * THREADS)


class Database:
    """Runs a query as one transaction in a thread. A query is a plain function of a session.

    Raises DatabaseAwayError if the database cannot be used. The error repeats no words of the
    driver, because they hold hosts, users and values.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(**READ_ONLY)
        self._readers = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
        self._writers = ThreadPoolExecutor(THREADS, thread_name_prefix="database")

    async def write(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return await self._in_thread(self._writers, lambda: self.write_here(query, *args, **kwargs))

    async def read(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return await self._in_thread(self._readers, lambda: self.read_here(query, *args, **kwargs))

    async def _in_thread(self, threads: Executor, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    def write_here(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return _in_transaction(self.engine, query, *args, **kwargs)

    def read_here(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return _in_transaction(self._reader, query, *args, **kwargs)

    def dispose(self) -> None:
        """Close every connection, also the connections of queries that no caller waits for."""
        self._readers.shutdown()
        self._writers.shutdown()
        self.engine.dispose()


def _in_transaction(
    engine: Engine, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return query(session, *args, **kwargs)
    except (DBAPIError, PoolTimeout) as error:
        if is_away(error):
            raise away(error) from None
        raise


def is_away(error: DBAPIError | PoolTimeout) -> bool:
    """Tell whether the database refuses every query for now."""
    # While PostgreSQL fails over, it is read-only, and psycopg raises an InternalError.
    kinds = (OperationalError, InterfaceError, InternalError, PoolTimeout)
    return isinstance(error, kinds) or error.connection_invalidated
