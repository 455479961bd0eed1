"""Rewrites SQLite's file, because an erased text stays in its free pages and in its log."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep

from sqlalchemy import Engine

LOOK = timedelta(milliseconds=200)


def rewrite(engine: Engine, patience: timedelta, wait: Callable[[float], None] = sleep) -> bool:
    """Rewrite the file and empty its log; False if another process held the file all the time.

    PostgreSQL does so by itself: autovacuum frees the space, and later rows take it.
    """
    if engine.dialect.name != "sqlite":
        return True
    until = monotonic() + patience.total_seconds()
    while not _is_rewritten(engine):
        if monotonic() > until:
            return False
        wait(LOOK.total_seconds())
    return True


def _is_rewritten(engine: Engine) -> bool:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_ = cursor.fetchall()[0]
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return not is_busy
