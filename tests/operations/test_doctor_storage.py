"""Doctor's lines about database, disk, spool and clock, each on the real part."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from db.clock import database_now
from db.engine import Database, open_engine
from db.migrated import head
from domain.findings import Finding, Level
from kit.clock import utc_now
from operations.doctor import clock, disk
from operations.doctor.clock import OtherClock
from operations.doctor.database import look_at_database
from operations.doctor.spool import look_at_spool
from relay.spool import Spool
from tests.db.rows import NOON, new_request
from tests.support.outages import database_away


def only(found: Sequence[Finding]) -> Finding:
    (one,) = found
    return one


async def test_a_migrated_database_tells_its_version_and_migration(database: Database) -> None:
    found = only(await look_at_database(database, None))

    name = {"sqlite": "SQLite 3.", "postgresql": "PostgreSQL "}[database.engine.dialect.name]
    assert found.level is Level.OK
    assert found.sentence.startswith(f"database: {name}")
    assert found.sentence.endswith(f" at migration {head()}")


async def test_an_older_migration_is_broken_and_names_the_command(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    found = only(await look_at_database(database, None))

    assert (found.level, found.remedy) == (Level.BROKEN, "mintpost migrate")
    told = f"the database is at migration 0001 and this version needs {head()}"
    assert found.sentence == f"database: {told}"


async def test_a_database_that_is_away_is_broken(database_url: URL) -> None:
    database = Database(open_engine(database_url, patience_seconds=0.2))
    with database_away(database_url):
        found = only(await look_at_database(database, None))
    database.dispose()

    assert found.level is Level.BROKEN
    assert found.sentence.startswith("database: the database cannot be used right now (")
    assert found.remedy


async def test_a_missing_file_of_sqlite_is_told_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "mintpost.db"
    database = Database(open_engine(URL.create("sqlite", database=str(file))))

    found = only(await look_at_database(database, file))

    assert (found.level, found.remedy) == (Level.BROKEN, "mintpost migrate")
    assert not file.exists()


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (disk.TOO_LITTLE - 1, Level.BROKEN),
        (disk.TOO_LITTLE, Level.WARNING),
        (disk.LITTLE - 1, Level.WARNING),
        (disk.LITTLE, Level.OK),
    ],
)
def test_little_room_is_a_warning_and_none_is_broken(free: int, level: Level) -> None:
    assert disk.judged(Path("/var/lib/mintpost"), free).level is level


async def test_each_folder_is_told_once_and_a_missing_one_is_not_checked(tmp_path: Path) -> None:
    found = await disk.look_at_disk([tmp_path, tmp_path, tmp_path / "none"])

    assert [each.level is Level.UNCHECKED for each in found] == [False, True]
    assert str(tmp_path) in found[0].sentence
    assert not (tmp_path / "none").exists()


async def test_an_empty_spool_is_ok_and_no_folder_is_made(tmp_path: Path) -> None:
    found = only(await look_at_spool(Spool(tmp_path / "spool")))

    assert found.level is Level.OK
    assert not (tmp_path / "spool").exists()


async def test_waiting_requests_warn_and_one_set_aside_is_broken(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    for _ in range(3):
        spool.keep(new_request())
    aside = spool.set_aside(spool.files()[0])

    waiting, set_aside = await look_at_spool(spool)

    assert (waiting.level, waiting.sentence) == (
        Level.WARNING,
        "spool: requests that wait for the database: 2",
    )
    assert set_aside.level is Level.BROKEN
    assert set_aside.sentence.startswith("spool: requests that were set aside: 1;")
    assert f"mv {aside} {aside.with_suffix('.json')}" in str(set_aside.remedy)


async def test_a_spool_of_another_user_is_not_checked(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.touch()  # A file in its place: root may read any folder.

    assert only(await look_at_spool(Spool(folder))).level is Level.UNCHECKED


def told(time: datetime | None) -> OtherClock:
    async def other() -> datetime | None:
        return time

    return other


async def never() -> datetime | None:
    raise ConnectionError


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (0, Level.OK, "within 30 s of that of the database and the mail provider"),
        (-29, Level.OK, "within 30 s"),
        (31, Level.WARNING, "31 s ahead of that of the database"),
        (-31, Level.WARNING, "31 s behind that of the database"),
        (301, Level.BROKEN, "301 s ahead of that of the database, so signed calls"),
    ],
)
async def test_the_largest_difference_of_clocks_counts(
    ahead: int, level: Level, words: str
) -> None:
    others = {
        "the database": told(NOON),
        "the mail provider": told(NOON + timedelta(seconds=ahead)),
        "an outage": never,
    }

    found = only(await clock.look_at_clock(others, lambda: NOON + timedelta(seconds=ahead)))

    assert (found.level, words in found.sentence) == (level, True)


async def test_the_databases_clock_agrees_with_ours(database: Database) -> None:
    async def other() -> datetime:
        return await database.read(database_now)

    assert only(await clock.look_at_clock({"the database": other}, utc_now)).level is Level.OK


async def test_a_clock_that_hangs_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs() -> datetime | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(clock, "PATIENCE_SECONDS", 0.05)
    found = only(await clock.look_at_clock({"nobody": hangs, "us": told(NOON)}, lambda: NOON))

    assert (found.level, found.sentence) == (Level.OK, "clock: within 30 s of that of us")


async def test_without_another_clock_ours_is_not_checked() -> None:
    found = only(await clock.look_at_clock({"nobody": told(None), "away": never}))

    assert found.level is Level.UNCHECKED
