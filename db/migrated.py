"""Refuses a database with a migration other than the newest migration of this version.

Commands and processes only check the migration. So this module does without Alembic: its import
takes a tenth of a second and 10 MB.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

from db.causes import away, cause, driver_error
from db.engine import is_away
from domain.outages import code_of, database_reason
from kit.refusals import FixableError

MIGRATIONS = Path(__file__).parent / "migrations"
ALEMBICS_TABLE = table("alembic_version", column("version_num"))


class WrongMigrationError(FixableError):
    """The database's tables do not fit this version. The sentence names the cure."""


def check_migrated(engine: Engine) -> None:
    """Raise WrongMigrationError if the tables are older or newer than this version."""
    found = refuse_newer(engine)
    if found is None:
        raise WrongMigrationError("the database has no tables yet: run `mintpost migrate`")
    if found != head():
        raise WrongMigrationError(
            f"the database is at migration {found} and this version needs {head()}: "
            "run `mintpost migrate`"
        )


def head() -> str:
    """Return the newest migration."""
    return max(_known())


def refuse_newer(engine: Engine) -> str | None:
    """Return the database's migration. Raises WrongMigrationError for an unknown migration."""
    with opened(engine) as connection:
        found = _current(connection)
    if found is not None and found not in _known():
        raise WrongMigrationError(
            f"the database is at migration {found}, which this version does not know: "
            "upgrade Mintpost to the version that made it"
        )
    return found


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(ALEMBICS_TABLE.name):
        return None
    return connection.execute(select(ALEMBICS_TABLE.c.version_num)).scalar()


def _known() -> set[str]:
    """Return the names of all migrations, from the beginnings of the file names."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")}


@contextmanager
def opened(
    engine: Engine, begin: Callable[[Engine], AbstractContextManager[Connection]] = Engine.begin
) -> Iterator[Connection]:
    """Begin a transaction. Raises DatabaseAwayError, and WrongMigrationError for other refusals."""
    try:
        with begin(engine) as connection:
            yield connection
    except (DBAPIError, PoolTimeout) as error:
        if is_away(error):
            raise away(error) from None
        raise WrongMigrationError(
            f"the database refuses to be used ({type(driver_error(error)).__name__}): "
            f"{_why(cause(driver_error(error)))}"
        ) from None


def _why(cause: str | None) -> str:
    if (reason := database_reason(cause)) is None:
        return "check DATABASE_URL and what its user may do"
    return f"{code_of(cause)}, {reason}"
