"""The API is stopped during a request, and still stores and answers the request."""

import asyncio
import signal
from urllib.parse import urlsplit

import pytest

from db.views.lists import Filters, list_events
from relay.spool import Spool
from tests.faults.processes import api
from tests.support.pings import order_of, recorded
from tests.support.running import FORM, SECRET, Setup
from tests.support.spooling import spooled

ORDINARY = recorded("01")


def head(host: str) -> bytes:
    lines = [
        f"POST /webhooks/gumroad?secret={SECRET} HTTP/1.1",
        f"Host: {host}",
        f"Content-Type: {FORM}",
        f"Content-Length: {len(ORDINARY)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_request_that_was_under_way_is_kept(setup: Setup) -> None:
    environment = {
        "DATABASE_URL": setup.database.engine.url.render_as_string(hide_password=False),
        "DATA_DIR": str(setup.folder),
        "GUMROAD_WEBHOOK_SECRET": SECRET,
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
    }
    async with api(setup, environment) as started:
        address = urlsplit(started.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(head(address.netloc) + ORDINARY[:100])
        await writer.drain()
        await started.ping("another==")  # The server has read the first part by now.
        started.running.process.send_signal(signal.SIGTERM)
        await started.running.says("Shutting down")
        writer.write(ORDINARY[100:])
        answer = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        await asyncio.wait_for(started.running.process.wait(), 30)
    assert answer.startswith(b"HTTP/1.1 200 ")
    # After a slow commit, the spool may hold the request instead, as safely.
    rows = {event.order_id for event in await setup.database.read(list_events, Filters())}
    files = {new.order_id for new in spooled(Spool(setup.folder / "spool"))}
    assert order_of(ORDINARY) in rows | files
