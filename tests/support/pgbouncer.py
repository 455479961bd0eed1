"""A real PgBouncer in front of a PostgreSQL, in transaction mode, with its other defaults."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from db.engine import Database, open_engine
from domain.errors import DatabaseAwayError
from embedded.ports import HOST, free_ports

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PATIENCE_SECONDS = 10

SETTINGS = """\
[databases]
* = host={host} port={port} user={user}{password}
[pgbouncer]
listen_addr = {listen}
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
"""


@contextmanager
def pgbouncer(url: URL) -> Iterator[URL]:
    """Yield the database's URL through PgBouncer. Skips the test without PgBouncer."""
    if PROGRAM is None:
        pytest.skip("no pgbouncer on this machine: apt-get install pgbouncer")
    (listen_port,) = free_ports(1)
    # PgBouncer does not run as root, and another user cannot enter pytest's folders.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(_settings(url, listen_port))
        process = subprocess.Popen(  # noqa: S603 - a program of this machine
            [PROGRAM, "--quiet", str(file)], user=_other_user(url) if os.getuid() == 0 else None
        )
        try:
            through = url.set(
                host=HOST, port=listen_port, query={}, username="anybody", password=None
            )
            _wait_for(through, process)
            yield through
        finally:
            process.terminate()
            process.wait()


def _other_user(url: URL) -> int | str:
    """Return the user who may use the server's socket, because its folder is private."""
    folder = url.query.get("host")
    return Path(folder).stat().st_uid if isinstance(folder, str) else "nobody"


def _settings(url: URL, listen_port: int) -> str:
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    return SETTINGS.format(
        host=query.get("host") or url.host,
        port=url.port or query.get("port") or 5432,
        user=url.username,
        password=f" password={url.password}" if url.password else "",
        listen=HOST,
        listen_port=listen_port,
    )


def _wait_for(url: URL, process: subprocess.Popen[bytes]) -> None:
    database = Database(open_engine(url))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert process.poll() is None, "pgbouncer ended"
        try:
            database.read_here(lambda session: session.connection())
            break
        except DatabaseAwayError:
            assert time.monotonic() < deadline, "pgbouncer does not answer"
            time.sleep(0.02)
    database.dispose()
