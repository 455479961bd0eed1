"""Measures how long the worker takes to sign the tokens of an older version's licenses.

`make bench` prints the time, and how long a mint takes beside it, for SQLite and for PostgreSQL.
See docs/adr/0033-current-tokens.md.
"""

import asyncio
import os
from time import perf_counter

from sqlalchemy import URL, select, update
from sqlalchemy.orm import Session

from activities.tokens import TokenSigner
from bench.many_licenses import fill
from bench.migration import postgresql, sqlite
from db.engine import Database, open_engine
from db.migrating import migrate
from db.tables import LicenseRow
from licensing.keys import new_key
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.db.rows import mint, sale_of

LICENSES = int(os.environ.get("BENCH_LICENSES", "100000"))
AT_REST = 300
PERCENTILE = 0.99


def age(session: Session) -> None:
    """Take every token away, as the migration of an older version leaves the licenses."""
    session.execute(update(LicenseRow).values(token=None, token_signed_by=None))


async def minted(database: Database, order: str) -> float:
    began = perf_counter()
    await database.write(mint, sale_of(order), new_key())
    return perf_counter() - began


def told(times: list[float]) -> str:
    ordered = sorted(times)
    middle, slow = ordered[len(ordered) // 2], ordered[int(len(ordered) * PERCENTILE)]
    return f"{1000 * middle:5.1f} ms median {1000 * slow:6.1f} ms p99 of {len(times)}"


async def measure(url: URL) -> None:
    engine = open_engine(url)
    migrate(engine)
    database = Database(engine)
    await minted(database, "first")
    license_id = database.read_here(lambda session: session.scalars(select(LicenseRow.id)).one())
    database.write_here(fill, license_id, LICENSES)
    database.write_here(age)
    at_rest = [await minted(database, f"rest-{number}") for number in range(AT_REST)]
    began = perf_counter()
    worker = TokenSigner(database, Signer(generate_private_key(), "mintpost"))
    signing = asyncio.create_task(worker.run_once())
    beside: list[float] = []
    while not signing.done():
        beside.append(await minted(database, f"beside-{len(beside)}"))
        # A busy shop: about ten sales a second.
        await asyncio.sleep(0.1)
    took = perf_counter() - began
    if (trouble := await signing) is not None:
        raise SystemExit(trouble)
    database.dispose()
    print(  # noqa: T201 - its only output
        f"{url.get_backend_name():12} {LICENSES:>9,} licenses {took:6.1f} s; "
        f"a mint at rest {told(at_rest)}, beside it {told(beside)}"
    )


def main() -> None:
    for database in (sqlite, postgresql):
        with database() as url:
            asyncio.run(measure(url))


if __name__ == "__main__":
    main()
