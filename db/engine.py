"""The engine for SQLite or PostgreSQL, and the class through which all queries run."""

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
"""As many as the connections that SQLAlchemy's pool keeps."""

NOTICE_DEATH = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""libpq probes a silent server and gives up after a minute. Without probes, a vanished host would
hold our threads for hours. Unix sockets have no probes. The URL may set other values."""

SAME_EVERYWHERE: dict[str, str | None] = {
    # A pooler may give each transaction another session of the server, and that session does not
    # know the statements that psycopg prepares by itself.
    "prepare_threshold": None,
    # A role or a database may set another encoding, in which some names cannot be written.
    "client_encoding": "utf8",
}

PRIMARY_CODE = 0xFF
OPENED_WRONGLY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
}
"""Errors that an open connection keeps, even after a person mends the file on the disk."""

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
        return _open_sqlite(url, patience_seconds)
    engine = create_engine(
        url,
        # Parameters hold buyers' addresses, and errors end in logs and in Temporal.
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=patience_seconds,
        connect_args={
            **{name: value for name, value in NOTICE_DEATH.items() if name not in url.query},
            "connect_timeout": max(1, round(patience_seconds)),
            **SAME_EVERYWHERE,
        },
        # SQLAlchemy puts this into every BEGIN, because a role may have another default.
        isolation_level="READ COMMITTED",
    )
    event.listen(engine, "connect", _read_times_as_written)
    event.listen(engine, "handle_error", _drop_quoted_values)
    event.listen(engine, "handle_error", _leave_what_is_read_only)
    return engine


def _read_times_as_written(connection: psycopg.Connection, _record: object) -> None:
    """Replace the DateStyle of a role, because psycopg reads times in ISO style only.

    PgBouncer follows this setting, and applies it to every session that serves us. PgBouncer
    refuses the connection parameter `options`, so the style cannot be set while connecting.
    """
    if not (connection.pgconn.parameter_status(b"DateStyle") or b"").startswith(b"ISO"):
        connection.execute("SET datestyle = 'ISO'")
        connection.commit()


def _drop_quoted_values(context: ExceptionContext) -> None:
    """Keep only the constraint or the cause, because PostgreSQL's message quotes the row."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and wrapped is not None:
        error.args = (error.diag.constraint_name or cause(error) or "",)
        wrapped.args = (f"({type(error).__name__}) {error}",)


def _leave_what_is_read_only(context: ExceptionContext) -> None:
    """Connect anew, because after a failover the session stays read-only or at the old primary."""
    if isinstance(context.original_exception, psycopg.errors.ReadOnlySqlTransaction):
        context.is_disconnect = True


def _leave_what_was_opened_wrongly(context: ExceptionContext) -> None:
    """Open the file anew: SQLite opens a write-protected file read-only, and keeps it so."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & PRIMARY_CODE
    if code in OPENED_WRONGLY:
        context.is_disconnect = True
        # SQLite closes its files with the last cursor only. The log file is open read-only, and
        # the next connection would use it as well.
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
            # An open connection would share its read-only log files with the next connection.
            connection.close()
            raise

    # SQLite refuses, without waiting, a transaction that reads first and writes later, if another
    # transaction wrote in between. Taking the write lock at once makes the transaction wait.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN IMMEDIATE"))

    return engine


class Database:
    """Runs a query as one transaction in a thread. A query is a plain function of a session.

    Raises DatabaseAwayError if the database cannot be used. The error repeats no words of the
    driver, because they hold hosts, users and values.
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
        """Close every connection, also the connections of queries that no caller waits for."""
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
    """Tell whether the database refuses every query for now."""
    # While PostgreSQL fails over, it is read-only, and psycopg raises an InternalError.
    kinds = (OperationalError, InterfaceError, InternalError, PoolTimeout)
    return isinstance(error, kinds) or error.connection_invalidated
