"""Measures the memory of the embedded stack at rest.

`make bench` starts `mintpost dev` in a temporary folder, and prints the resident size (VmRSS) of
each of its processes ten seconds after it is ready. A program as argument is measured instead of
the `mintpost` beside this Python. See docs/adr/0025-light-processes.md.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from embedded.child import Child, spawn
from embedded.ports import free_ports
from settings.environment import plain_environment

MINTPOST = str(Path(sys.executable).with_name("mintpost"))
REST_SECONDS = 10
FLAGS = ("--port", "--temporal-port", "--ui-port")
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
PARTS = {"uvicorn": "API", "worker": "worker", "start-dev": "Temporal"}


async def measure(mintpost: str, folder: Path) -> dict[str, int]:
    """Return the kB of each process of a stack that has nothing to do."""
    (folder / "products.yaml").write_text("gumroad:\n  - {product_id: lumen, tier: core}\n")
    ports = [f"{flag}={port}" for flag, port in zip(FLAGS, free_ports(3), strict=True)]
    dev = await spawn(
        "dev", [mintpost, "dev", *ports], plain_environment(), directory=folder, logs=folder
    )
    try:
        await until_ready(dev)
        await asyncio.sleep(REST_SECONDS)
        return {part: resident(pid) for part, pid in processes(dev.process.pid)}
    finally:
        await dev.stop()


async def until_ready(dev: Child) -> None:
    while dev.log is not None and "Ctrl-C stops" not in dev.log.read_text():
        dev.require_alive()
        await asyncio.sleep(0.1)


def processes(dev: int) -> Iterator[tuple[str, int]]:
    yield "dev", dev
    for file in Path(f"/proc/{dev}/task").glob("*/children"):
        for pid in map(int, file.read_text().split()):
            command = Path(f"/proc/{pid}/cmdline").read_text()
            yield next(part for word, part in PARTS.items() if word in command), pid


def resident(pid: int) -> int:
    return int(RESIDENT.findall(Path(f"/proc/{pid}/status").read_text())[0])


def main(mintpost: str = MINTPOST) -> None:
    with tempfile.TemporaryDirectory() as name:
        found = asyncio.run(measure(mintpost, Path(name)))
    for part, size in {**found, "together": sum(found.values())}.items():
        print(f"{part:<10} {size / 1024:6.0f} MB")  # noqa: T201 - printing is what it is for


if __name__ == "__main__":
    main(*sys.argv[1:])
