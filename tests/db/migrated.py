"""A database at an older migration."""

from alembic import command
from sqlalchemy import URL, Engine, text

from db.engine import open_engine
from db.migrating import alembic_config
from db.tables import Table


def at_revision(url: URL, revision: str) -> Engine:
    """Empty a database that is at the newest migration, and take it to this one."""
    engine = open_engine(url)
    Table.metadata.drop_all(engine)
    config = alembic_config()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine
