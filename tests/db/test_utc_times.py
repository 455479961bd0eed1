"""Times come back unchanged, with any zone of the database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Database
from db.tables import SigningKeyRow

TOKYO = timezone(timedelta(hours=9))


def kept(database: Database, time: datetime) -> datetime:
    def keep(session: Session) -> None:
        session.add(SigningKeyRow(kid="k", x="x", created_at=time))

    database.write_here(keep)
    return database.read_here(
        lambda session: session.scalars(select(SigningKeyRow.created_at)).one()
    )


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 9, 1, 12, 0, 5, 123456, tzinfo=UTC),
        datetime(2026, 9, 1, 1, 30, tzinfo=TOKYO),
        datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=1)), fold=1),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_time_comes_back_the_same_and_in_utc(database: Database, time: datetime) -> None:
    found = kept(database, time)
    assert found == time
    assert found.tzinfo is UTC


def test_times_of_different_zones_are_compared_by_what_they_mean(database: Database) -> None:
    time = datetime(2026, 9, 1, 12, tzinfo=UTC)
    kept(database, time)

    def since(moment: datetime) -> list[str]:
        query = select(SigningKeyRow.kid).where(SigningKeyRow.created_at >= moment)
        return database.read_here(lambda session: list(session.scalars(query)))

    assert since(time.astimezone(TOKYO)) == ["k"]
    assert since((time + timedelta(microseconds=1)).astimezone(TOKYO)) == []


def test_absent_time_stays_absent(database: Database) -> None:
    query = select(SigningKeyRow.created_at)
    assert database.read_here(lambda session: session.scalar(query)) is None
