"""Only when database and spool both fail is a sender asked to come again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest
from sqlalchemy import URL
from typing_extensions import override

from api.spool import THREADS, Spool
from api.storing import Patience
from db.engine import Database, open_engine
from db.events import NewEvent
from tests.api.outages import database_away
from tests.api.raw_http import exchange, status
from tests.api.relaying import ON_SQLITE
from tests.api.spooling import HURRIED, parts, post, rows, send
from tests.support.running import UNHURRIED, running_api


@pytest.fixture
def quick(database_url: URL) -> Iterator[Database]:
    """Open the database so that it soon says when it is away."""
    database = Database(open_engine(database_url, patience_seconds=0.1))
    yield database
    database.dispose()


async def test_only_when_the_spool_fails_too_the_sender_is_asked_to_come_again(
    database_url: URL, quick: Database, tmp_path: Path
) -> None:
    async with running_api(parts(quick, unusable(tmp_path / "data"))) as url:
        with database_away(database_url):
            refused = await exchange(url, post(b"n=1"))
            stranger = await exchange(url, post(b"n=1", known=False))
    assert (status(refused), status(stranger)) == (503, 404)
    assert b"send again" in refused
    assert await quick.read(rows) == []


def unusable(folder: Path) -> Spool:
    folder.touch()
    return Spool(folder / "spool")


class Hanging(Spool):
    """A disk that answers only once it is `released`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.released = Flag()

    @override
    def keep(self, new: NewEvent) -> None:
        self.released.wait()


@ON_SQLITE
async def test_disk_that_hangs_keeps_no_ping_waiting(
    database_url: URL, quick: Database, tmp_path: Path
) -> None:
    spool = Hanging(tmp_path / "spool")
    hurried = Patience(UNHURRIED.database, spool=HURRIED.database)
    async with running_api(parts(quick, spool, hurried)) as url:
        with database_away(database_url):
            try:
                answers = await asyncio.gather(*(send(url, b"n=1") for _ in range(2 * THREADS)))
            finally:
                spool.released.set()
    assert set(answers) == {503}


@ON_SQLITE
async def test_spool_that_cannot_be_keeps_no_row_away(database: Database, tmp_path: Path) -> None:
    async with running_api(parts(database, unusable(tmp_path / "data"))) as url:
        assert await send(url, b"n=1") == 200
    assert len(await database.read(rows)) == 1


def test_both_patiences_together_stay_below_two_seconds() -> None:
    assert (Patience().database + Patience().spool).total_seconds() <= 1.5
