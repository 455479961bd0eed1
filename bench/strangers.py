"""Measures if answer times over the loopback reveal existing paths to a stranger.

`make bench` prints two results. For short requests: how often one path takes longer than another
(AUC; 0.5 reveals nothing). For long requests: how many times longer. A second API also has a shop
that signs its bodies; there, the stranger signs each request with a wrong secret. See
docs/adr/0013-bounded-server.md and docs/adr/0022-the-storefronts-door.md.
"""

import asyncio
import random
import sys
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import chain, combinations
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeAlias

import httpx
from sqlalchemy import URL

from embedded.child import spawn
from embedded.ports import HOST, NO_TLS, free_ports
from kit.clock import utc_now
from operations.migrate import migrate_database
from settings.environment import plain_environment
from tests.support.signing_shop import signed

APP, SIGNING_APP = "api.app:create_app", "bench.signing_api:create_app"
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
PATHS = {
    "unknown path": "/no/such/path",
    "no such storefront": "/webhooks/nobody",
    "unsigned storefront": "/webhooks/gumroad",
    "signing storefront": "/webhooks/signing",
}
BODY_SIZES = (20_000, 60_000, 500_000)

Times: TypeAlias = Mapping[str, list[float]]


@asynccontextmanager
async def running_api(app: str) -> AsyncIterator[int]:
    """Run only the API, as a person starts it. Yield its port."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        migrate_database(URL.create("sqlite", database=str(folder / "mintpost.db")))
        (port,) = free_ports(1)
        command = [sys.executable, "-m", "uvicorn", "--factory", app]
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


def unsigned(target: str) -> bytes:
    return f"POST {target} HTTP/1.1\r\nHost: shop.example\r\n\r\n".encode()


def signed_by_a_stranger(path: str, size: int) -> bytes:
    body = b"x" * size
    head = (
        f"POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {size}\r\n"
        f"X-Signature: {signed(body, utc_now(), 'wrong')}\r\n\r\n"
    )
    return head.encode() + body


async def measure(port: int, requests: Mapping[str, bytes], rounds: int) -> Times:
    """Send all requests on one connection, in a new order each round."""
    reader, writer = await asyncio.open_connection(HOST, port)
    times: dict[str, list[float]] = {name: [] for name in requests}
    order = list(requests)
    for _ in range(rounds):
        random.shuffle(order)
        for name in order:
            start = perf_counter()
            writer.write(requests[name])
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


async def measure_unsigned() -> Iterator[str]:
    async with running_api(APP) as port:
        short = await measure(port, {name: unsigned(SHORT[name]) for name in SHORT}, ROUNDS)
        long = await measure(port, {name: unsigned(LONG[name]) for name in LONG}, LONG_ROUNDS)
    return lines(short, long, paths=2)


async def measure_signed() -> Iterator[str]:
    async with running_api(SIGNING_APP) as port:
        small = {name: signed_by_a_stranger(path, 500) for name, path in PATHS.items()}
        short = await measure(port, small, ROUNDS)
        large = {
            f"{path} {size:,} B": signed_by_a_stranger(path, size)
            for size in BODY_SIZES
            for path in PATHS.values()
        }
        long = await measure(port, large, LONG_ROUNDS)
    return chain(["signed by a stranger"], lines(short, long, paths=len(PATHS)))


def lines(short: Times, long: Times, *, paths: int) -> Iterator[str]:
    """`long` has the times of all paths for one request, then of all for the next."""
    for name, each in short.items():
        yield f"{name:<44} {median(each) * 1e6:8.0f} µs"
    for one, other in combinations(short, 2):
        yield f"{one + ' / ' + other:<44} {auc(short[one], short[other]):8.2f} AUC"
    for name, each in long.items():
        yield f"{name:<44} {median(each) * 1e6:8.0f} µs"
    medians = [median(each) for each in long.values()]
    requests = [medians[start : start + paths] for start in range(0, len(medians), paths)]
    most = max(max(each) / min(each) for each in requests)
    yield f"{'long, the most one path costs':<44} {most:8.2f} times"


async def main() -> None:
    for measured in (await measure_unsigned(), await measure_signed()):
        print("\n".join(measured), end="\n\n")  # noqa: T201 - printing is what it is for


if __name__ == "__main__":
    asyncio.run(main())
