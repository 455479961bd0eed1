"""Upgrades a database to the newest migration."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, func, select

from db.disk_room import refuse_full_disk
from db.fitness import UnfitDatabaseError, refuse_unfit
from db.grants import grant_api
from db.migrated import MIGRATIONS, WrongMigrationError, head, opened, refuse_newer
from db.table_locks import lock_tables

MIGRATION_LOCK = 0x6D696E74
"""A number that only Mintpost locks in this database: "mint"."""


def migrate(engine: Engine, api_password: str | None = None) -> str:
    """Upgrade to head in one transaction; return the name of head.

    On PostgreSQL, also renew the rights of the API's role, if the role exists.
    """
    config = alembic_config()
    found = refuse_newer(engine)
    refuse_full_disk(engine, found)
    with opened(engine, _begin_without_foreign_keys) as connection:
        _refuse_unfit(connection)
        _take_turns(connection)
        if found != head():
            lock_tables(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if found != head():
            _refuse_loose_rows(connection)
        grant_api(connection, api_password)
    return head()


def _refuse_unfit(connection: Connection) -> None:
    try:
        refuse_unfit(connection)
    except UnfitDatabaseError as error:
        raise WrongMigrationError(str(error)) from None


def _take_turns(connection: Connection) -> None:
    # Two machines may start and migrate together. On SQLite, the file is locked already.
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
    """Raise WrongMigrationError if a row refers to a missing row, because SQLite did not check."""
    if connection.dialect.name != "sqlite":
        return
    if (loose := connection.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
        raise WrongMigrationError(
            f"row {loose.rowid} of {loose.table} refers to a row of {loose.parent} that is not "
            "there: bring the database back from its backup, then run `mintpost migrate`"
        )


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
