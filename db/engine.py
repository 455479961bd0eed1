"""One engine for SQLite and PostgreSQL, and the one door through which queries run."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    TimeoutError as PoolTimeout,
)
from sqlalchemy.orm import Session

from db.causes import away, cause

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 5
"""As many as SQLAlchemy's pool keeps connections."""

NOTICE_DEATH = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A host that vanished never says so, and would hold our threads for hours: libpq asks it, and
gives up after a minute. It leaves Unix sockets alone. The URL may say otherwise."""

SAME_EVERYWHERE: dict[str, str | None] = {
    # Of a session that a pooler shares out anew for each transaction, nothing may be expected:
    # statements that psycopg prepares of its own accord would be another session's.
    "prepare_threshold": None,
    # A role or a database may have another, which cannot hold every name.
    "client_encoding": "utf8",
}

PRIMARY_CODE = 0xFF
OPENED_WRONGLY = {
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR),
}
"""What may be mended on the disk, and is still wrong for a connection of before."""

READ_ONLY = {"sqlite_begin": "BEGIN"}
DRIVERS = ("sqlite", "postgresql+psycopg")


def database_url(text: str) -> URL:
    """Read DATABASE_URL; `postgres://` and `postgresql://` mean psycopg 3.

    Raises ArgumentError where it is no URL, or that of a database that Mintpost cannot use.
    """
    url = make_url(text)
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in DRIVERS:
        raise ArgumentError("only SQLite and PostgreSQL can be used")
    return url


def open_engine(url: URL, *, patience_seconds: float = 3) -> Engine:
    """Open an engine. `patience_seconds` bounds a connect and the wait for SQLite's lock."""
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, patience_seconds)
    engine = create_engine(
        url,
        # Buyers' addresses are parameters, and errors end in logs and in Temporal.
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=patience_seconds,
        connect_args={
            **{name: value for name, value in NOTICE_DEATH.items() if name not in url.query},
            "connect_timeout": max(1, round(patience_seconds)),
            **SAME_EVERYWHERE,
        },
        # In the BEGIN of each transaction, whatever the role's default is.
        isolation_level="READ COMMITTED",
    )
    event.listen(engine, "connect", _read_times_as_written)
    event.listen(engine, "handle_error", _drop_quoted_values)
    event.listen(engine, "handle_error", _leave_what_is_read_only)
    return engine


def _read_times_as_written(connection: psycopg.Connection, _record: object) -> None:
    """Leave a role's own DateStyle, in which psycopg reads no time.

    PgBouncer knows this setting, and gives it to whichever session serves us; it refuses
    `options`, with which it could be asked for while connecting.
    """
    if not (connection.pgconn.parameter_status(b"DateStyle") or b"").startswith(b"ISO"):
        connection.execute("SET datestyle = 'ISO'")
        connection.commit()


def _drop_quoted_values(context: ExceptionContext) -> None:
    """Leave the constraint or the cause: PostgreSQL's own words quote the row it refuses."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and wrapped is not None:
        error.args = (error.diag.constraint_name or cause(error) or "",)
        wrapped.args = (f"({type(error).__name__}) {error}",)


def _leave_what_is_read_only(context: ExceptionContext) -> None:
    """Connect anew: a session stays read-only, or with the old primary, after the failover."""
    if isinstance(context.original_exception, psycopg.errors.ReadOnlySqlTransaction):
        context.is_disconnect = True


def _leave_what_was_opened_wrongly(context: ExceptionContext) -> None:
    """Open anew: SQLite opens a file that it may not write for reading, and leaves it so."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & PRIMARY_CODE
    if code in OPENED_WRONGLY:
        context.is_disconnect = True
        # SQLite closes nothing before the last cursor, and the log's file, opened for reading
        # only, would serve the next connection too.
        if context.execution_context is not None:
            context.execution_context.cursor.close()


def _open_sqlite(url: URL, patience_seconds: float) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_timeout=patience_seconds,
        connect_args={"timeout": patience_seconds, "isolation_level": None},
    )

    event.listen(engine, "handle_error", _leave_what_was_opened_wrongly)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's own object
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            # Left open, it would lend the next one its log files, opened for reading only.
            connection.close()
            raise

    # A transaction that reads first and writes later is refused without waiting when another
    # has written in between; taking the write lock at once makes it wait its turn instead.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN IMMEDIATE"))

    return engine


class Database:
    """Runs a query, a plain function of a session, as one transaction in a thread of its own.

    Raises DatabaseAwayError where the database cannot be used, without a driver's own words,
    which hold hosts, users and values.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(**READ_ONLY)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")

    async def write(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return await self._in_thread(lambda: self.write_here(query, *args, **kwargs))

    async def read(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return await self._in_thread(lambda: self.read_here(query, *args, **kwargs))

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def write_here(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return _in_transaction(self.engine, query, *args, **kwargs)

    def read_here(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return _in_transaction(self._reader, query, *args, **kwargs)

    def dispose(self) -> None:
        """Close every connection, those of queries that nobody waits for any more too."""
        self._threads.shutdown()
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
    """Tell whether the database cannot be used for now, whatever is asked of it."""
    # PostgreSQL calls a server that is failing over, and so read-only, an InternalError.
    kinds = (OperationalError, InterfaceError, InternalError, PoolTimeout)
    return isinstance(error, kinds) or error.connection_invalidated
