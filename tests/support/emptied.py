"""PostgreSQL databases that are emptied after a test, because a new one takes ten times as long."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from db.engine import open_engine
from db.tables import Table

STATE = """
    SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
        SELECT format('%s %s %s %s', relname, relkind, relacl, reloptions) AS line
            FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s %s %s %s', relname, attname, attnum, atttypid, attnotnull)
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s', tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT format('%s %s', nspname, nspacl)
            FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'
        UNION ALL SELECT format('%s %s %s', datdba, datacl, datallowconn)
            FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT format('%s %s', setrole, setconfig)
            FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
            WHERE datname = current_database()
        UNION ALL SELECT format('%s', defaclacl) FROM pg_default_acl
        UNION ALL SELECT version_num FROM alembic_version
    ) AS lines
"""
"""Tables, constraints, rights and settings: all but the rows."""

OTHERS = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
RESTART = """
    SELECT setval(oid::regclass, 1, false)
    FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""
EMPTY = ";".join(
    (
        "SET LOCAL lock_timeout = '2s'",
        *(f"DELETE FROM {table.name}" for table in reversed(Table.metadata.sorted_tables)),  # noqa: S608 - our own words
        RESTART,
    )
)


@dataclass(slots=True)
class EmptiedDatabases:
    """Databases of one template. A test has one at a time, as good as new."""

    create: Callable[[], URL]
    free: list[URL] = field(default_factory=list)
    state: str | None = None

    def take(self) -> URL:
        """Empty a database that an earlier test gave back, or create one.

        It is emptied only now, because connections of the earlier test may have just ended.
        """
        while self.free:
            url = self.free.pop()
            if self.has_emptied(url):
                return url
        return self.new()

    def new(self) -> URL:
        url = self.create()
        if self.state is None:
            engine = open_engine(url)
            with engine.connect() as connection:
                self.state = _state_of(connection)
            engine.dispose()
        return url

    def has_emptied(self, url: URL) -> bool:
        """Empty the database. False: it is in use, or a test left more than rows in it."""
        engine = open_engine(url)
        try:
            with engine.begin() as connection:
                in_use = connection.execute(text(OTHERS)).scalar_one() > 0
                if in_use or _state_of(connection) != self.state:
                    return False
                connection.exec_driver_sql(EMPTY)
                return True
        except DBAPIError:
            return False
        finally:
            engine.dispose()


def _state_of(connection: Connection) -> str:
    return str(connection.execute(text(STATE)).scalar_one())
