"""The database server's name and version."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def server_version(session: Session) -> str:
    if session.get_bind().dialect.name == "sqlite":
        return f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"
    # A distribution adds its own name: "16.4 (Debian 16.4-1)".
    version = str(session.scalar(text("SHOW server_version")))
    return f"PostgreSQL {version.partition(' ')[0]}"
