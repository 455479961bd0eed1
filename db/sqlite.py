"""Opens SQLite so that writers wait for each other, and a mended file is used again."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event

PRIMARY_CODE = 0xFF
OPENED_WRONGLY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
}
"""Errors that an open connection keeps, even after a person mends the file on the disk."""


def open_sqlite(url: URL, patience_seconds: float) -> Engine:
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


def _leave_what_was_opened_wrongly(context: ExceptionContext) -> None:
    """Open the file anew: SQLite opens a write-protected file read-only, and keeps it so."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & PRIMARY_CODE
    if code in OPENED_WRONGLY:
        context.is_disconnect = True
        # SQLite closes its files with the last cursor only. The log file is open read-only, and
        # the next connection would use it as well.
        if context.execution_context is not None:
            context.execution_context.cursor.close()
