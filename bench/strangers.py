"""Measures if answer times over the loopback reveal existing paths to a stranger.

`make bench` prints two results. For short requests: how often one path takes longer than another
(AUC; 0.5 reveals nothing). For long requests: how many times longer. See
docs/adr/0013-bounded-server.md.
"""

import asyncio
import random
import sys
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import combinations
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeAlias

import httpx
from sqlalchemy import URL

from embedded.child import spawn
from embedded.ports import HOST, NO_TLS, free_ports
from operations.migrate import migrate_database
from settings.environment import plain_environment

ROUNDS = 3000
LONG_ROUNDS = 300
SHORT = {
    "unknown path": "/no/such/path",
    "no such storefront": "/webhooks/nobody",
    "no secret": "/webhooks/gumroad",
    "wrong secret": "/webhooks/gumroad?secret=wrong",
}
LONG = {
    f"{path} {size:,} {kind}": f"{path}?{text * size}"[: len(path) + size]
    for size in (1_000, 20_000, 60_000)
    for kind, text in {"%": "secret=%%%%%%", "=": "secret=a&"}.items()
    for path in ("/no/such/path", "/webhooks/gumroad")
}

Times: TypeAlias = Mapping[str, list[float]]


@asynccontextmanager
async def running_api() -> AsyncIterator[int]:
    """Run only the API, as a person starts it. Yield its port."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        migrate_database(URL.create("sqlite", database=str(folder / "mintpost.db")))
        (port,) = free_ports(1)
        command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
        environment = {
            **plain_environment(),
            "DATA_DIR": name,
            "GUMROAD_WEBHOOK_SECRET": "the-secret-of-the-bench",
        }
        child = await spawn(
            "api", [*command, "--port", str(port)], environment, directory=None, logs=folder
        )
        try:
            await until_it_lives(port)
            yield port
        finally:
            await child.stop()


async def until_it_lives(port: int) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        while True:
            try:
                await http.get(f"http://{HOST}:{port}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return


async def measure(port: int, targets: Mapping[str, str], rounds: int) -> Times:
    """Request all targets on one connection, in a new order each round."""
    reader, writer = await asyncio.open_connection(HOST, port)
    times: dict[str, list[float]] = {name: [] for name in targets}
    order = list(targets)
    for _ in range(rounds):
        random.shuffle(order)
        for name in order:
            sent = f"POST {targets[name]} HTTP/1.1\r\nHost: shop.example\r\n\r\n".encode()
            start = perf_counter()
            writer.write(sent)
            await reader.readuntil(b'{"detail":"Not Found"}')
            times[name].append(perf_counter() - start)
    writer.close()
    return times


def auc(ones: list[float], others: list[float]) -> float:
    """Return the probability that a value of `ones` exceeds a value of `others`, or the reverse."""
    ranked = sorted(others)
    wins = sum(bisect_left(ranked, one) + bisect_right(ranked, one) for one in ones)
    share = wins / (2 * len(ones) * len(others))
    return max(share, 1 - share)


def lines(short: Times, long: Times) -> Iterator[str]:
    for name, each in short.items():
        yield f"{name:<32} {median(each) * 1e6:8.0f} µs"
    for one, other in combinations(short, 2):
        yield f"{one + ' / ' + other:<32} {auc(short[one], short[other]):8.2f} AUC"
    for name, each in long.items():
        yield f"{name:<32} {median(each) * 1e6:8.0f} µs"
    medians = [median(each) for each in long.values()]
    pairs = zip(medians[::2], medians[1::2], strict=True)
    yield f"{'long, the most one path costs':<32} {max(max(p) / min(p) for p in pairs):8.2f} times"


async def main() -> None:
    async with running_api() as port:
        short = await measure(port, SHORT, ROUNDS)
        long = await measure(port, LONG, LONG_ROUNDS)
    print("\n".join(lines(short, long)))  # noqa: T201 - printing is what it is for


if __name__ == "__main__":
    asyncio.run(main())
