"""Locks every table for a migration, while processes of the version before go on working."""

from time import monotonic, sleep

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from db.causes import cause, driver_error

LOCK_NOT_AVAILABLE = "55P03"
PATIENCE_SECONDS = 60.0
ATTEMPT = "300ms"
"""Shorter than PostgreSQL's deadlock_timeout (1 s), so that the migration gives way to a sale."""

PAUSE_SECONDS = 0.2
"""Between two attempts, because every transaction queues behind an attempt."""


def lock_tables(connection: Connection, patience: float = PATIENCE_SECONDS) -> None:
    """Lock all tables at once, or none, because migrations take them one after the other.

    A sale's transaction takes them in another order, so that one of the two would be ended as a
    deadlock. SQLite has one lock for all.
    """
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    tables = ", ".join(map(quote, sorted(inspect(connection).get_table_names())))
    if not tables:
        return
    deadline = monotonic() + patience
    while not _locked(connection, tables, is_last=monotonic() >= deadline):
        sleep(PAUSE_SECONDS)
    connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))


def _locked(connection: Connection, tables: str, *, is_last: bool) -> bool:
    try:
        with connection.begin_nested():  # Its end gives back the locks of a failed attempt.
            connection.execute(text(f"SET LOCAL lock_timeout = '{ATTEMPT}'"))
            connection.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
    except OperationalError as error:
        if is_last or cause(driver_error(error)) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True
