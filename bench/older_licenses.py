"""Measures migration 0009 on the licenses of a shop that has sold for years.

`make bench` prints the time, and the size of the database's files, for SQLite and for PostgreSQL.
`bench/tokens.py` measures the tokens that the worker signs afterwards.
"""

import os
from time import perf_counter
from typing import Any

from sqlalchemy import URL, Engine, MetaData

from bench.migration import postgresql, size, sqlite
from db.engine import open_engine
from db.migrating import migrate
from licensing.keys import new_key, new_token_id
from tests.db.migrated import at_revision
from tests.support.released_events import BATCH, FIRST, fill

LICENSES = int(os.environ.get("BENCH_LICENSES", "100000"))

Row = dict[str, Any]


def fill_licenses(engine: Engine) -> None:
    """Insert a license for each of the sales."""
    tables = MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        for first in range(1, LICENSES + 1, BATCH):
            numbers = range(first, min(first + BATCH, LICENSES + 1))
            rows = [_license(number) for number in numbers]
            connection.execute(tables.tables["licenses"].insert(), rows)


def _license(number: int) -> Row:
    return {
        "id": number,
        "sale_id": number,
        "key": new_key(),
        "source": "gumroad",
        "order_id": f"order-{number}",
        "line": "1",
        "product_id": "product",
        "product_name": "Lumen Editor",
        "tier": "core",
        "email": f"buyer-{number}@example.com",
        "name": "Ada Buyer",
        "seats": 1,
        "status": "active",
        "test": False,
        "products_sha256": "0" * 64,
        "issued_at": FIRST,
        "created_at": FIRST,
        "token_id": new_token_id(),
    }


def measure(url: URL) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    engine = at_revision(url, "0008")
    fill(engine, LICENSES)
    fill_licenses(engine)
    before, began = size(engine), perf_counter()
    migrate(engine)
    took, after = perf_counter() - began, size(engine)
    engine.dispose()
    print(  # noqa: T201 - its only output
        f"{url.get_backend_name():12} {LICENSES:>9,} licenses {took:6.1f} s "
        f"{before / 2**20:6.0f} MiB before {after / 2**20:6.0f} MiB after"
    )


def main() -> None:
    for database in (sqlite, postgresql):
        with database() as url:
            measure(url)


if __name__ == "__main__":
    main()
