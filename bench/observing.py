"""Measures the cost of logs, metrics and traces for a sale, in CPU and memory of API and worker.

`make bench` starts `mintpost dev` for each way to observe, in turns, and sends sales one after the
other. It prints the milliseconds of CPU for each sale, of API and worker together, and their memory
at the end. CPU instead of time, because another program on the machine takes time and no CPU of
ours. BENCH_SALES is the number of sales in a turn.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import URL, func, select
from sqlalchemy.orm import Session

from bench.memory import FLAGS, MINTPOST, processes, resident, until_ready
from db.engine import Database, open_engine
from db.tables import EventRow
from domain.event import Outcome
from embedded.child import spawn
from embedded.ports import HOST, free_ports
from settings.environment import plain_environment
from tests.support.collector import collecting
from tests.support.running import PRODUCTS

SALES = int(os.environ.get("BENCH_SALES", "150"))
WARM_UP = 20
TURNS = 3
SECRET = "a-secret-of-the-bench"  # noqa: S105 - invented
RECORDED = Path("tests/data/gumroad/pings/01_sale_ordinary.form")
SALE = dict(parse_qsl(RECORDED.read_text().strip()))
TICKS = os.sysconf("SC_CLK_TCK")


async def send(port: int, order: str) -> None:
    body = urlencode({**SALE, "sale_id": order}).encode()
    head = (
        f"POST /webhooks/gumroad?secret={SECRET} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ValueError(answer.decode())


async def sell(port: int, database: Database, first: int, count: int) -> None:
    """Send sales one after the other, and wait until all are fulfilled."""
    done = select(func.count()).where(EventRow.outcome == Outcome.FULFILLED)
    for number in range(first, first + count):
        await send(port, f"bench-{number}")
        while await database.read(Session.scalar, done) != number + 1:  # noqa: ASYNC110 - only the database tells
            await asyncio.sleep(0.01)


def cpu_of(pids: Mapping[str, int]) -> float:
    """Return the seconds of CPU that API and worker have taken, in user mode and in the kernel."""
    seconds = 0.0
    for part in ("API", "worker"):
        fields = Path(f"/proc/{pids[part]}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


async def turn(settings: Mapping[str, str]) -> tuple[float, float]:
    """Return milliseconds of CPU for each sale, and the megabytes of API and worker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "products.yaml").write_text(PRODUCTS)
        ports = free_ports(3)
        flags = [f"{flag}={port}" for flag, port in zip(FLAGS, ports, strict=True)]
        environment = {**plain_environment(), "GUMROAD_WEBHOOK_SECRET": SECRET, **settings}
        command = [MINTPOST, "dev", *flags]
        dev = await spawn("dev", command, environment, directory=folder, logs=folder)
        database = Database(open_engine(URL.create("sqlite", database=f"{folder}/var/mintpost.db")))
        try:
            await until_ready(dev)
            await sell(ports[0], database, 0, WARM_UP)
            pids = dict(processes(dev.process.pid))
            before = cpu_of(pids)
            await sell(ports[0], database, WARM_UP, SALES)
            took = 1000 * (cpu_of(pids) - before) / SALES
            return took, (resident(pids["API"]) + resident(pids["worker"])) / 1024
        finally:
            database.dispose()
            await dev.stop()


def main() -> None:
    with collecting() as collector:
        metrics = {"METRICS_ADDRESS": f"{HOST}:{free_ports(1)[0]}"}
        ways = {
            "text logs": {},
            "JSON logs": {"LOG_FORMAT": "json"},
            "JSON logs, metrics": {"LOG_FORMAT": "json", **metrics},
            "JSON logs, metrics, traces": {
                "LOG_FORMAT": "json",
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                **metrics,
            },
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, settings in ways.items():
                found[name].append(asyncio.run(turn(settings)))
        for name, each in found.items():
            cpu, memory = (median(values) for values in zip(*each, strict=True))
            sys.stdout.write(f"{name:<28} {cpu:6.1f} ms of CPU a sale {memory:6.0f} MB\n")


if __name__ == "__main__":
    main()
