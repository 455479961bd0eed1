"""A PostgreSQL that refuses every connection for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, text

from db.engine import open_engine


@contextmanager
def postgres_away(url: URL) -> Iterator[None]:
    """Refuse new connections to one database, and close the open ones."""
    engine = open_engine(url.set(database="postgres"))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        _allow(connection, url, allowed=False)
        try:
            yield
        finally:
            _allow(connection, url, allowed=True)
    engine.dispose()


def _allow(connection: Connection, url: URL, *, allowed: bool) -> None:
    connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS {allowed}'))
    end_connections(connection, url)


def end_connections(connection: Connection, url: URL) -> None:
    # A connection that waits for a lock is closed first. Otherwise it could commit after its lock's
    # holder is gone.
    terminate = """
        SELECT pg_terminate_backend(pid) FROM (
            SELECT pid FROM pg_stat_activity WHERE datname = :name
            ORDER BY wait_event_type = 'Lock' DESC NULLS LAST
        ) AS connections
    """
    connection.execute(text(terminate), {"name": url.database})
