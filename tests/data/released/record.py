"""Records a released version's data dir, with a fulfilled, a parked, a failed and a running sale.

Make a checkout of the version's commit, run `make setup` there, and then here:

    PYTHONPATH=. .venv/bin/python tests/data/released/record.py CHECKOUT

`tests/embedded/test_released_stack.py` runs today's stack on the recording, and
`tests/db/test_migration_0007.py` compares the rows. Keep the recording, because sellers may
migrate from a released version at any time.
"""

import asyncio
import signal
import sqlite3
import sys
import tarfile
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
from temporalio.client import Client

from embedded.ports import HOST, free_ports
from embedded.temporal_setup import set_retention
from fakes.postmark import FakePostmark
from tests.support.pings import changed, recorded
from tests.support.processes import run, start
from tests.support.waiting import until

ARCHIVE = Path(__file__).with_name("stack.tar.xz")
LISTS = ("events", "sales", "licenses", "deliveries")
MAPPED, UNMAPPED = "released-mapped", "released-unmapped"
PRODUCTS = f"gumroad:\n  - {{product_id: {MAPPED}, tier: core, years: 1}}\n"
FOREVER = timedelta(days=36500)
"""A shorter retention would let the server delete the failed run while this file is kept."""

NO_HOST = "import socket\n\nsocket.gethostname = lambda: 'released'\n"
"""A worker writes the name of its host into the histories, and the recording must not hold ours."""


def body(name: str, product: str = MAPPED, email: str | None = None) -> bytes:
    address = f"{name}@example.com" if email is None else email
    changes = {"sale_id": f"released-{name}", "email": address, "product_id": product}
    return changed(recorded("01"), **changes)


POSTED = (
    body("fulfilled"),
    body("fulfilled"),  # A copy of the order joins the run or comes after the end of the run.
    body("parked", UNMAPPED),
    body("failed", email="no address"),
    body("running"),
)
ENDS = (
    "SELECT count(*) = 2 FROM events WHERE order_id = 'released-fulfilled' AND closed_at NOTNULL",
    "SELECT error NOTNULL FROM events WHERE order_id = 'released-parked'",
    "SELECT outcome = 'failed' FROM events WHERE order_id = 'released-failed'",
    "SELECT error NOTNULL FROM events WHERE order_id = 'released-running'",
)


async def post(url: str, folder: Path, content: bytes) -> None:
    secret = (folder / "var" / "webhook-secret").read_text()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient() as http:
        target = f"{url}/webhooks/gumroad?secret={secret}"
        (await http.post(target, content=content, headers=form)).raise_for_status()


async def ended(file: Path) -> bool | None:
    with closing(sqlite3.connect(file)) as connection:
        found = [connection.execute(query).fetchone() for query in ENDS]
    return all(row is not None and row[0] for row in found) or None


async def record_stack(mintpost: str, folder: Path, environment: dict[str, str]) -> None:
    database = folder / "var" / "mintpost.db"
    port, temporal_port, ui_port = free_ports(3)
    flags = (f"--port={port}", f"--temporal-port={temporal_port}", f"--ui-port={ui_port}")
    command = (mintpost, "dev", *flags, "--data-dir=var")
    async with start(*command, folder=folder, environment=environment) as running:
        await running.says("Ctrl-C stops all of it")
        await set_retention(await Client.connect(f"{HOST}:{temporal_port}"), FOREVER)
        for content in POSTED:
            await post(f"http://{HOST}:{port}", folder, content)
        await until(lambda: ended(database), "each sale is where it shall be", 90)
        with closing(sqlite3.connect(database, isolation_level=None)) as locking:
            locking.execute("BEGIN IMMEDIATE")
            await post(f"http://{HOST}:{port}", folder, body("spooled"))
            await running.stop(signal.SIGINT)


async def record_lists(mintpost: str, folder: Path, environment: dict[str, str]) -> None:
    for name in LISTS:
        code, said = await run(mintpost, name, "--json", folder=folder, environment=environment)
        if code != 0:
            raise RuntimeError(said)
        (folder / f"{name}.json").write_text(said)


def pack(folder: Path) -> None:
    for name in ("mintpost.db", "temporal.db"):
        with closing(sqlite3.connect(folder / "var" / name)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
    names = ("var", "products.yaml", *(f"{name}.json" for name in LISTS))
    with tarfile.open(ARCHIVE, "w:xz") as archive:
        for name in names:
            archive.add(folder / name, name, filter=_of_nobody)


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    left_out = member.name.endswith(("-wal", "-shm", "/lock"))
    return None if left_out else member


async def main(checkout: Path) -> None:
    mintpost = str(checkout / ".venv" / "bin" / "mintpost")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "products.yaml").write_text(PRODUCTS)
        (folder / "sitecustomize.py").write_text(NO_HOST)
        async with FakePostmark(refused={"running@example.com"}) as postmark:
            environment = {
                "PYTHONPATH": str(folder),
                "DATA_DIR": "var",
                "POSTMARK_TOKEN": postmark.token,
                "POSTMARK_API_URL": postmark.url,
                "EMAIL_FROM": "shop@example.com",
            }
            await record_stack(mintpost, folder, environment)
            await record_lists(mintpost, folder, environment)
        pack(folder)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
