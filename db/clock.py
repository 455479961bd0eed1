"""The one clock that every worker shares."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kit.clock import utc_now


def database_now(session: Session) -> datetime:
    """Return the time of the one clock that every worker shares: two machines' own differ."""
    if session.get_bind().dialect.name == "sqlite":
        return utc_now()  # The database is a part of this process.
    # Not now(), which is when the transaction began: a statement may have waited for a lock.
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)
