"""Migration 0007 starts only where SQLite's disk holds the old and the new tables at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from db.engine import open_engine
from db.migrated import WrongMigrationError, check_migrated, head
from db.migrating import migrate
from tests.db.migrated import at_revision
from tests.support.released_events import fill
from tests.support.small_disk import mounted

EVENTS = 2000
"""About 5 MiB."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "30m"):
        yield tmp_path / "disk"


@pytest.fixture
def old(disk: Path) -> Iterator[Engine]:
    """Fill a database at 0006 on the disk."""
    url = URL.create("sqlite", database=str(disk / "mintpost.db"))
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    engine = at_revision(url, "0006")
    fill(engine, EVENTS)
    engine.dispose()  # SQLite takes its log into the file.
    yield engine
    engine.dispose()


def test_disk_without_room_is_refused_before_anything_is_written(old: Engine, disk: Path) -> None:
    (disk / "films").write_bytes(bytes(15 * 2**20))
    refusal = r"0007 .* needs 1\d MiB of free disk, and \d+ MiB are free: .*`mintpost migrate`"
    with pytest.raises(WrongMigrationError, match=refusal):
        migrate(old)
    with pytest.raises(WrongMigrationError, match="at migration 0006"):
        check_migrated(old)
    (disk / "films").unlink()
    assert migrate(old) == head()


def test_disk_with_just_the_room_is_enough(old: Engine, disk: Path) -> None:
    size = (disk / "mintpost.db").stat().st_size
    free = 30 * 2**20 - size
    (disk / "films").write_bytes(bytes(free - 3 * size - 2**16))
    migrate(old)
    check_migrated(old)


def test_migrated_database_needs_no_room(old: Engine, disk: Path) -> None:
    migrate(old)
    old.dispose()
    used = (disk / "mintpost.db").stat().st_size
    (disk / "films").write_bytes(bytes(30 * 2**20 - used - 2**20))
    assert migrate(old) == head()
