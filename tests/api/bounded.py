"""An API with given limits, and connections that stay open."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL

from api.assembling import ApiParts
from api.bounds import Bounds
from db.engine import Database, open_engine
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import PATIENCE_SECONDS, connect, request
from tests.support.outages import connect_to_nothing
from tests.support.pings import recorded
from tests.support.running import FORM, SECRET, UNHURRIED, running_api

NEVER = timedelta(hours=1)
SOON = timedelta(milliseconds=200)
PATIENT = Bounds(head=NEVER, body=NEVER, answer=NEVER, ending=NEVER)

UNKNOWN = "/no/such/path"
WRONG = "/webhooks/gumroad?secret=wrong"
RIGHT = f"/webhooks/gumroad?secret={SECRET}"
ORDINARY = recorded("01")
SALE = request("POST", RIGHT, f"Content-Type: {FORM}", body=ORDINARY)


@dataclass(frozen=True, slots=True)
class Web:
    url: str
    database: Database


@asynccontextmanager
async def bounded(template: URL, folder: Path, bounds: Bounds) -> AsyncIterator[Web]:
    shutil.copyfile(str(template.database), folder / "mintpost.db")
    database = Database(open_engine(URL.create("sqlite", database=str(folder / "mintpost.db"))))
    parts = ApiParts(
        database,
        {"gumroad": Gumroad((SECRET,))},
        connect_to_nothing,
        Spool(folder / "spool"),
        patience=UNHURRIED,
        bounds=bounds,
    )
    try:
        async with running_api(parts) as url:
            yield Web(url, database)
    finally:
        database.dispose()


@dataclass(frozen=True, slots=True)
class Held:
    """A connection that stays open until the server or the test closes it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, sent: bytes) -> None:
        self.writer.write(sent)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """Wait until the server closes the connection. Return everything it sent."""
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE_SECONDS)
        except ConnectionError:
            return b""

    async def answer(self) -> bytes:
        """Return one answer with its body from a connection that stays open."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
        length = re.search(rb"content-length: (\d+)", head)
        return head + await self.reader.readexactly(int(length[1]) if length else 0)

    async def drip(self, byte: bytes) -> None:
        """Send a byte at intervals until the server closes the connection."""
        try:
            while not self.reader.at_eof():
                await self.send(byte)
                await asyncio.sleep(SOON.total_seconds() / 10)
        except ConnectionError:
            pass


@asynccontextmanager
async def held(web: Web, sent: bytes = b"") -> AsyncIterator[Held]:
    reader, writer = await connect(web.url)
    connection = Held(reader, writer)
    try:
        await connection.send(sent)
        yield connection
    finally:
        writer.close()


def kept_open(sent: bytes) -> bytes:
    return sent.replace(b"Connection: close\r\n", b"")
