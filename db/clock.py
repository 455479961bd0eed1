"""The database's clock, which every worker shares."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kit.clock import utc_now


def database_now(session: Session) -> datetime:
    """Return the database's time, because the clocks of two machines differ."""
    if session.get_bind().dialect.name == "sqlite":
        return utc_now()  # SQLite runs in this process.
    # Not now(): it gives the start of the transaction, and a statement may wait for a lock.
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)
