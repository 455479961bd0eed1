"""Measures migrations 0009 and 0010 to 0012 on the licenses of a shop that has sold for years.

`make bench` prints the time, and the size of the database's files, for SQLite and for PostgreSQL.
`bench/tokens.py` measures the tokens that the worker signs afterwards.
"""

import os
from typing import Any

from sqlalchemy import Engine, MetaData, text

from bench.migration import measure_both
from licensing.keys import new_key, new_token_id
from tests.support.released_events import BATCH, FIRST, fill

LICENSES = int(os.environ.get("BENCH_LICENSES", "100000"))

MAILS = """
INSERT INTO deliveries (id, license_id, reason, "to", status, attempts, created_at)
SELECT id, id, 'sale', email, 'accepted', 1, created_at FROM licenses
"""

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


def fill_sales_and_licenses(engine: Engine) -> None:
    fill(engine, LICENSES)
    fill_licenses(engine)


def fill_memberships(engine: Engine) -> None:
    """Insert licenses of memberships, each with its token and its mail."""
    fill_sales_and_licenses(engine)
    with engine.begin() as connection:
        tokens = text("UPDATE licenses SET subscription_id = 'sub-' || id, token = :token")
        connection.execute(tokens, {"token": "x" * 700})
        connection.execute(text(MAILS))


if __name__ == "__main__":
    measure_both("0008", f"{LICENSES:>9,} licenses", fill_sales_and_licenses)
    measure_both("0009", f"{LICENSES:>9,} memberships", fill_memberships)
