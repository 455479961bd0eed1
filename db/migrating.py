"""Takes a database to the newest migration, and refuses one that is at another."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

from db.causes import away, cause, driver_error
from db.engine import is_away
from db.fitness import UnfitDatabaseError, refuse_unfit
from db.grants import grant_api
from domain.outages import code_of, database_reason
from kit.refusals import FixableError

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x6D696E74
"""Any number that nobody else locks in this database: "mint"."""


class WrongMigrationError(FixableError):
    """The database's tables are not those of this version; the sentence says what to do."""


def migrate(engine: Engine, api_password: str | None = None) -> str:
    """Upgrade to head, in one transaction where the database can; return head's name.

    In PostgreSQL the API's role, where there is one, is given its rights anew.
    """
    config = alembic_config()
    found = _refuse_newer(engine)
    with _open(engine, _begin_without_foreign_keys) as connection:
        _refuse_unfit(connection)
        _take_turns(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if found != head():
            _refuse_loose_rows(connection)
        grant_api(connection, api_password)
    return head()


def check_migrated(engine: Engine) -> None:
    """Raise WrongMigrationError where the tables are older or newer than this version."""
    found = _refuse_newer(engine)
    if found is None:
        raise WrongMigrationError("the database has no tables yet: run `mintpost migrate`")
    if found != head():
        raise WrongMigrationError(
            f"the database is at migration {found} and this version needs {head()}: "
            "run `mintpost migrate`"
        )


def head() -> str:
    return _scripts().get_current_head() or ""


def _refuse_newer(engine: Engine) -> str | None:
    with _open(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and not _is_known(found):
        raise WrongMigrationError(
            f"the database is at migration {found}, which this version does not know: "
            "upgrade Mintpost to the version that made it"
        )
    return found


def _refuse_unfit(connection: Connection) -> None:
    try:
        refuse_unfit(connection)
    except UnfitDatabaseError as error:
        raise WrongMigrationError(str(error)) from None


def _take_turns(connection: Connection) -> None:
    # Two machines that start together both migrate. SQLite has locked the file already.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


@contextmanager
def _begin_without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction in which SQLite does not check foreign keys.

    A migration may so replace a table that other tables refer to. SQLite takes the switch only
    between transactions. The connection is closed at the end, because the next user of the pool
    expects the checks.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        connection.detach()
        # SQLAlchemy would begin the transaction first.
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            yield connection


def _refuse_loose_rows(connection: Connection) -> None:
    """Raise WrongMigrationError where a row refers to a missing row: SQLite checked none."""
    if connection.dialect.name != "sqlite":
        return
    if (loose := connection.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
        raise WrongMigrationError(
            f"row {loose.rowid} of {loose.table} refers to a row of {loose.parent} that is not "
            "there: bring the database back from its backup, then run `mintpost migrate`"
        )


@contextmanager
def _open(
    engine: Engine, begin: Callable[[Engine], AbstractContextManager[Connection]] = Engine.begin
) -> Iterator[Connection]:
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


def _is_known(revision: str) -> bool:
    try:
        return _scripts().get_revision(revision) is not None
    except CommandError:
        return False


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
