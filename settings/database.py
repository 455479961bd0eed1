"""The settings of the database and the data folder."""

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL

from db.engine import database_url
from kit.environment import EnvironmentSettings
from settings.database_url import DatabaseUrl
from settings.values import Folder


class DatabaseSettings(EnvironmentSettings):
    data_dir: Path = Path("var")
    database_url: DatabaseUrl | None = None

    def database(self) -> URL:
        if self.database_url is not None:
            return database_url(self.database_url.get_secret_value())
        return URL.create("sqlite", database=str(self.data_dir / "mintpost.db"))

    def database_file(self) -> Path | None:
        """Return SQLite's file; None for PostgreSQL and for a database in memory."""
        url = self.database()
        is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
        return Path(str(url.database)) if is_file else None


class KeeperSettings(DatabaseSettings):
    """For a process that writes to DATA_DIR. A process that only reads needs no such folder."""

    data_dir: Folder = Path("var")


class DataDirSettings(EnvironmentSettings):
    """DATA_DIR alone, for a command that looks at it although DATABASE_URL is broken."""

    data_dir: Folder = Path("var")


class MigrateSettings(KeeperSettings):
    """`api_database_password` belongs to the API's own role in PostgreSQL."""

    api_database_password: SecretStr | None = None
