"""Opens SQLite so that writers wait for each other, and a mended file is used again."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DisconnectionError

from db.generations import Generations, SharedConnection

PRIMARY_CODE = 0xFF
OPENED_WRONGLY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
}
"""Errors that an open connection keeps, even after a person mends the file on the disk."""


def open_sqlite(url: URL, patience_seconds: float, pool_size: int) -> Engine:
    generations = Generations(patience_seconds)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        pool_timeout=patience_seconds,
        connect_args={
            "timeout": patience_seconds,
            "isolation_level": None,
            "factory": generations.open,
        },
    )
    event.listen(engine, "handle_error", _leave_what_was_opened_wrongly)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "checkout", _take)
    event.listen(engine, "checkin", _give_back)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: SharedConnection, _record: object) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        # An open connection would share its read-only log files with the next connection.
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    # SQLite refuses, without waiting, a transaction that reads first and writes later, if another
    # transaction wrote in between. Taking the write lock at once makes the transaction wait.
    options = connection.get_execution_options()
    connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN IMMEDIATE"))


def _take(connection: SharedConnection, _record: object, _proxy: object) -> None:
    if not connection.generations.take(connection):
        raise DisconnectionError  # The pool then opens another one.


def _give_back(connection: SharedConnection | None, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy exports no type of it that can be invalidated
    if connection is not None and not connection.generations.give_back(connection):
        record.invalidate()


def _leave_what_was_opened_wrongly(context: ExceptionContext) -> None:
    """Open the file anew: SQLite opens a write-protected file read-only, and keeps it so."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & PRIMARY_CODE
    if code not in OPENED_WRONGLY:
        return
    context.is_disconnect = True
    # The pool would compare times, and a clock may be set back.
    context.invalidate_pool_on_disconnect = False
    # SQLite closes its files with the last cursor only. The log file is open read-only, and
    # the next connection would use it as well.
    if context.execution_context is not None:
        context.execution_context.cursor.close()
    _leave_the_others(context.connection)


def _leave_the_others(failed: Connection | None) -> None:
    if failed is None or failed.invalidated:
        return
    connection: Any = failed.connection.dbapi_connection
    connection.generations.end(connection.generation)
