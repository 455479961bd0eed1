"""Opens the database of a command, or refuses with the reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from db.engine import Database, open_engine
from db.migrated import check_migrated
from kit.refusals import RefusedError


@contextmanager
def opened(url: URL, file: Path | None) -> Iterator[Database]:
    """Yield a migrated database; `file` is SQLite's, which opening would create."""
    if file is not None and not file.exists():
        raise RefusedError(
            f"there is no database at {file}: run `mintpost dev` or `mintpost migrate`"
        )
    database = Database(open_engine(url))
    try:
        check_migrated(database.engine)
        yield database
    finally:
        database.dispose()
