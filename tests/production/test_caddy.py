"""The Caddyfile, run by a real Caddy in front of a real API. Skipped without Caddy."""

import asyncio
import base64
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL

from api.assembling import ApiParts
from db.engine import Database, open_engine
from embedded.ports import HOST, free_ports
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.raw_http import PATIENCE_SECONDS, connect, exchange, request, status
from tests.support.outages import connect_to_nothing
from tests.support.processes import Running, start
from tests.support.running import running_api
from tests.support.waiting import until

CADDY = shutil.which("caddy")
FILE = Path(__file__).parent.parent.parent / "Caddyfile"
SECRET = "a-secret-behind-caddy"
TARGET = f"/webhooks/gumroad?secret={SECRET}"
BASIC = "Authorization: Basic " + base64.b64encode(f"any:{SECRET}".encode()).decode()

pytestmark = pytest.mark.skipif(CADDY is None, reason="there is no caddy on the path")

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Proxy:
    url: str
    process: Running

    async def ask(self, target: str, *headers: str, body: bytes = b"") -> bytes:
        return await exchange(self.url, request("POST", target, *headers, body=body))

    async def first_status(self, sent: bytes) -> int | None:
        """Return the status of an answer that may come before the request's end, or None."""
        reader, writer = await connect(self.url)
        writer.write(sent)
        line = b""
        with suppress(ConnectionError):
            line = await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
        writer.transport.abort()
        return status(line) if line else None


@asynccontextmanager
async def caddy(upstream: str, folder: Path) -> AsyncIterator[Proxy]:
    """Run Caddy with the repository's file. Only addresses are changed."""
    (port,) = free_ports(1)
    url = f"http://{HOST}:{port}"
    file = folder / "Caddyfile"
    words = FILE.read_text().replace("api:8000", upstream)
    file.write_text(words.replace("{\n", f"{{\n\tdefault_bind {HOST}\n", 1))
    environment = {
        "DOMAIN": f"http://shop.example:{port}",
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }
    command = [str(CADDY), "run", "--config", str(file), "--adapter", "caddyfile"]
    async with start(*command, folder=folder, environment=environment) as process:

        async def answers() -> bool | None:
            assert process.process.returncode is None, process.output()
            try:
                await exchange(url, request("GET", "/healthz"))
            except ConnectionError:
                return None
            return True

        await until(answers, "Caddy answers")
        yield Proxy(url, process)


@pytest.fixture
async def proxy(sqlite: URL, tmp_path: Path) -> AsyncIterator[Proxy]:
    shutil.copyfile(str(sqlite.database), tmp_path / "mintpost.db")
    database = Database(open_engine(URL.create("sqlite", database=f"{tmp_path}/mintpost.db")))
    storefronts = {"gumroad": Gumroad((SECRET,))}
    parts = ApiParts(database, storefronts, connect_to_nothing, Spool(tmp_path / "spool"))
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(running_api(parts))
        yield await stack.enter_async_context(caddy(api.removeprefix("http://"), tmp_path))
    database.dispose()


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    await writer.drain()
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def answer_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"nonsense\r\n\r\n")
    await writer.drain()
    writer.close()


@pytest.mark.parametrize("serve", [break_off, hang_up, answer_nonsense])
async def test_no_secret_is_logged_when_an_answer_fails(serve: Serve, tmp_path: Path) -> None:
    server = await asyncio.start_server(serve, HOST, 0)
    host, port = server.sockets[0].getsockname()
    async with caddy(f"{host}:{port}", tmp_path) as proxy:
        await proxy.ask(TARGET, BASIC, f"X-Original-Uri: {TARGET}", body=b"a=1")
        await proxy.ask(f"/webhooks/gumroad%3Fsecret={SECRET}", body=b"a=1")
        # Caddy writes its remaining log lines before it ends.
        await proxy.process.stop(signal.SIGTERM)
        log = proxy.process.output()
    server.close()
    assert "serving initial configuration" in log
    assert SECRET not in log
    assert BASIC.rpartition(" ")[2] not in log


async def test_no_secret_is_logged_when_there_is_no_api(tmp_path: Path) -> None:
    async with caddy(f"{HOST}:1", tmp_path) as proxy:
        assert status(await proxy.ask(TARGET, BASIC, body=b"a=1")) == 502
        assert SECRET not in proxy.process.output()


async def test_a_ping_goes_through_with_either_form_of_the_secret(proxy: Proxy) -> None:
    assert status(await proxy.ask(TARGET, body=b"a=1")) == 200
    assert status(await proxy.ask("/webhooks/gumroad", BASIC, body=b"a=1")) == 200
    assert SECRET not in proxy.process.output()


async def test_a_stranger_gets_what_an_unknown_path_gets_through_caddy_too(proxy: Proxy) -> None:
    for headers in ([], ["X-Long: " + "x" * 4000]):
        unknown = await proxy.ask("/no/such/path", *headers, body=b"a=1")
        for target in ("/webhooks/gumroad?secret=wrong", "/webhooks/gumroad/", "/webhooks"):
            assert await proxy.ask(target, *headers, body=b"a=1") == unknown


@pytest.mark.parametrize("target", [TARGET, "/no/such/path"])
async def test_a_head_that_no_shop_sends_is_refused_on_every_path(
    proxy: Proxy, target: str
) -> None:
    long = request("POST", target, "X-Long: " + "x" * 40_000, body=b"a=1")
    assert await proxy.first_status(long) in {431, None}


async def test_a_body_that_no_shop_sends_is_cut_off(proxy: Proxy) -> None:
    assert status(await proxy.ask(TARGET, body=bytes(2_000_000))) == 200
    refused = await proxy.first_status(request("POST", TARGET, body=bytes(11_000_000)))
    assert refused in {413, 502, None}
