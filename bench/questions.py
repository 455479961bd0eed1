"""Measures how fast apps get their answers, beside a stack at rest.

`make bench` starts `mintpost dev`, asks with one license in the database, and then with 100,000
licenses and 300,000 devices. It asks 100 times a second over open connections, in turns: /healthz,
the license with and without a device. It prints the median and the 99th percentile, and the ratio
to /healthz in the same turn. Then it prints the time of one verdict without HTTP, for a known, an
unknown and a mistyped key. BENCH_SECONDS is the length of a turn.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from sqlalchemy import URL

from api.online.mapping import OnlineMapping
from api.online.rates import Rates
from bench.many_licenses import DEVICE, fill
from db.devices import NewDevice, activate
from db.engine import Database, open_engine
from embedded.child import spawn
from embedded.ports import HOST, free_ports
from kit.clock import utc_now
from licensing.keys import new_key
from operations.online import OnlineLicenses
from operations.verdicts import Question
from settings.environment import plain_environment
from tests.db.rows import sale_of
from tests.support.online import sell

MINTPOST = str(Path(sys.executable).with_name("mintpost"))
FLAGS = ("--port", "--temporal-port", "--ui-port")
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
EVERY = 0.01
TURNS = 3
CONNECTIONS = 10
LICENSES = int(os.environ.get("BENCH_LICENSES", "100000"))
PRODUCTS = "gumroad:\n  - {product_id: product-1, tier: pro, devices: 3}\n"
VERDICTS = 1000

Times = list[float]


class Connection:
    """One open connection. The bench must not take the time that it measures."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lock = asyncio.Lock()
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> None:
        async with self.lock:
            if self.streams is None:
                self.streams = await asyncio.open_connection(HOST, self.port)
            reader, writer = self.streams
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = next(line for line in lines if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head.decode())


def question(key: str, device: str | None) -> bytes:
    body = json.dumps({"key": key, "product": "product-1", "device": device}).encode()
    head = f"POST /v1/validate HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


HEALTH = f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


async def turn(connections: Sequence[Connection], request: bytes) -> Times:
    """Ask 100 times a second, whether the last answer is there or not."""
    times: Times = []

    async def once(number: int) -> None:
        began = perf_counter()
        await connections[number % len(connections)].ask(request)
        times.append(perf_counter() - began)

    start, asked = perf_counter(), []
    for number in range(int(SECONDS / EVERY)):
        await asyncio.sleep(max(0.0, start + number * EVERY - perf_counter()))
        asked.append(asyncio.create_task(once(number)))
    await asyncio.gather(*asked)
    return times


async def measure(port: int, requests: dict[str, bytes]) -> None:
    connections = [Connection(port) for _ in range(CONNECTIONS)]
    found: dict[str, Times] = {name: [] for name in requests}
    for _ in range(TURNS):
        for name, request in requests.items():
            found[name] += await turn(connections, request)
    usual = found["/healthz"]
    for name, times in found.items():
        ratio = median(times) / median(usual)
        worst = quantiles(times, n=100)[98]
        say(f"  {name:<24} {ms(median(times))} median  {ms(worst)} p99  {ratio:4.1f} x /healthz")


async def verdicts(database: Database, products: Path, keys: dict[str, str]) -> None:
    mapping = OnlineMapping(products, ("gumroad",))
    licenses = OnlineLicenses(database, mapping, Rates())
    for name, key in keys.items():
        times: Times = []
        for _ in range(VERDICTS):
            began = perf_counter()
            await licenses.validate(Question(key, device=DEVICE))
            times.append(perf_counter() - began)
        say(f"  verdict, {name:<15} {ms(median(times))} median")


async def with_a_stack(work: Callable[[int, Path], Awaitable[None]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "products.yaml").write_text(PRODUCTS)
        ports = free_ports(3)
        flags = [f"{flag}={port}" for flag, port in zip(FLAGS, ports, strict=True)]
        command = [MINTPOST, "dev", *flags]
        dev = await spawn("dev", command, plain_environment(), directory=folder, logs=folder)
        try:
            while dev.log is not None and "Ctrl-C stops" not in dev.log.read_text():
                dev.require_alive()
                await asyncio.sleep(0.1)
            await work(ports[0], folder)
        finally:
            await dev.stop()


async def run(port: int, folder: Path) -> None:
    url = URL.create("sqlite", database=str(folder / "var" / "mintpost.db"))
    database = Database(open_engine(url, patience_seconds=60))
    own = sell(database, sale_of("order-of-the-bench"))
    wish = NewDevice(own.id, DEVICE, "", None, utc_now() + timedelta(minutes=1))
    database.write_here(activate, wish)
    requests = {
        "/healthz": HEALTH,
        "validate": question(own.key, None),
        "validate with a device": question(own.key, DEVICE),
    }
    mistyped = own.key[:-1] + ("A" if own.key[-1] != "A" else "C")
    keys = {"known key": own.key, "unknown key": new_key(), "mistyped key": mistyped}
    say("1 license")
    await measure(port, requests)
    await verdicts(database, folder / "products.yaml", keys)
    database.write_here(fill, own.id, LICENSES)
    say(f"{LICENSES:,} licenses, {3 * LICENSES:,} devices")
    await measure(port, requests)
    await verdicts(database, folder / "products.yaml", keys)
    database.dispose()


def ms(seconds: float) -> str:
    return f"{seconds * 1000:6.2f} ms"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - printing is what it is for


if __name__ == "__main__":
    asyncio.run(with_a_stack(run))
