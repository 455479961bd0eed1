"""Makes a database or Temporal unavailable, and available again."""

import asyncio
import sqlite3
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from sqlalchemy import URL, text
from temporalio.client import Client

from db.engine import open_engine
from embedded.ports import HOST, free_ports
from tests.support.outage import end_connections, postgres_away


@contextmanager
def database_away(url: URL) -> Iterator[None]:
    away = _sqlite_locked if url.get_backend_name() == "sqlite" else postgres_away
    with away(url):
        yield


@contextmanager
def _sqlite_locked(url: URL) -> Iterator[None]:
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def events_locked(url: URL) -> Iterator[None]:
    """Block every statement on the events without a timeout, as a hung server does."""
    if url.get_backend_name() == "sqlite":
        with _sqlite_locked(url):
            yield
        return
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


@contextmanager
def read_only(url: URL) -> Iterator[None]:
    """Make PostgreSQL refuse writes, as during a failover.

    Sessions that begin meanwhile stay read-only until they end.
    """
    engine = open_engine(url.set(database="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        change = f"ALTER DATABASE {url.database} SET default_transaction_read_only"
        connection.execute(text(f"{change} = on"))
        end_connections(connection, url)
        yield
        connection.execute(text(f"{change} = off"))
    engine.dispose()


async def connect_to_nothing() -> Client:
    """Return a client for a Temporal that does not run, built as in the API."""
    return await Client.connect(f"{HOST}:1", lazy=True)


class Gate:
    """A port that forwards to a server while the gate is open, and refuses otherwise."""

    def __init__(self, target: str) -> None:
        self.target = target
        (self.port,) = free_ports(1)
        self.server: asyncio.Server | None = None
        self.pipes: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    async def open(self) -> None:
        self.server = await asyncio.start_server(self.accept, HOST, self.port)

    async def close(self) -> None:
        if self.server is not None:
            self.server.close()
        for pipe in self.pipes:
            pipe.cancel()
        await asyncio.gather(*self.pipes, return_exceptions=True)

    async def accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        host, _, port = self.target.partition(":")
        there, back = await asyncio.open_connection(host, int(port))
        self.pipes |= {
            asyncio.create_task(_pipe(reader, back)),
            asyncio.create_task(_pipe(there, writer)),
        }


async def _pipe(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()
