"""The states of licenses, and pings whose times lie around the present."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Database
from db.history import life_of
from db.tables import ChangeRow, LicenseRow
from domain.lifecycle import Life
from kit.clock import utc_now
from tests.support.pings import changed


def sold_at(body: bytes, at: datetime, **fields: str) -> bytes:
    return changed(body, sale_timestamp=in_gumroads_form(at), **fields)


def in_gumroads_form(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def days_ago(days: int) -> datetime:
    """Return a time of which a month has not ended yet, for fewer than 28 days."""
    return (utc_now() - timedelta(days=days)).replace(microsecond=0)


async def lives(database: Database) -> dict[str, Life]:
    """Return the state of each license, by the order that minted it."""
    return await database.read(_lives)


async def changes(database: Database) -> list[int | None]:
    """Return the event of every change that followed a mint."""
    later = select(ChangeRow.event_id).where(ChangeRow.before.is_not(None))
    rows = await database.read(lambda session: session.scalars(later.order_by(ChangeRow.id)).all())
    return [*rows]


def _lives(session: Session) -> dict[str, Life]:
    return {row.order_id: life_of(row) for row in session.scalars(select(LicenseRow))}
