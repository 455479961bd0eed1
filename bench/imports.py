"""Measures how many licenses a second `mintpost import` gives on SQLite, without mail.

`make bench` prints the rate for a new file, for the same file once more, and for a preview, with
the most memory that the process had. See docs/adr/0030-acts.md.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from sqlalchemy import URL

from db.engine import Database, open_engine
from db.migrating import migrate
from domain.catalog import Catalog, Offer
from domain.granting import Granting
from domain.license import Term
from operations.import_file import ImportFile, open_import
from operations.importing import ImportedLine, import_lines, preview_import

LINES = int(os.environ.get("BENCH_LINES", "10000"))
CATALOG = Catalog({"gumroad": (Offer("lumen", "core", Term(12)),)}, "0" * 64)

Work = Callable[[Database, ImportFile, Granting], Iterator[ImportedLine]]


def measure(name: str, work: Work, database: Database, file: Path) -> None:
    now = datetime.now(UTC)
    granting = Granting(CATALOG, "gumroad", "bench", None, mail=False, now=now)
    begin = perf_counter()
    count = sum(1 for _ in work(database, open_import(file, now), granting))
    rate = count / (perf_counter() - begin)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = f"{name:8} {count:7,} lines  {rate:7,.0f} a second  {memory:4} MiB"
    sys.stdout.write(f"{line}\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "licenses.csv"
        with file.open("w") as stream:
            stream.write("key,email,name,product\n")
            for number in range(LINES):
                stream.write(f"K-{number:07},b{number}@example.com,Buyer {number},lumen\n")
        url = URL.create("sqlite", database=str(Path(folder) / "mintpost.db"))
        engine = open_engine(url)
        migrate(engine)
        database = Database(engine)
        measure("preview", preview_import, database, file)
        measure("new", import_lines, database, file)
        measure("again", import_lines, database, file)
        database.dispose()


if __name__ == "__main__":
    main()
