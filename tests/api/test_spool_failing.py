"""A sender is asked to retry only when both database and spool fail."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import URL
from typing_extensions import override

from db.engine import THREADS as DATABASE_THREADS, Database, open_engine
from db.requests import NewRequest, store_request
from relay.spool import THREADS, Spool
from relay.store import StorePatience
from tests.api.raw_http import exchange, status
from tests.support.outages import database_away, events_locked
from tests.support.relaying import ON_SQLITE
from tests.support.running import UNHURRIED, running_api
from tests.support.spooling import HURRIED, drained, parts, post, send
from tests.support.stored import stored_requests


@pytest.fixture
def quick(database_url: URL) -> Iterator[Database]:
    """Open the database with a short timeout for outages."""
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
    assert await quick.read(stored_requests) == []


def unusable(folder: Path) -> Spool:
    folder.touch()
    return Spool(folder / "spool")


class Hanging(Spool):
    """A disk that does not answer until `released`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.released = Flag()

    @override
    def keep(self, new: NewRequest) -> None:
        self.released.wait()


@ON_SQLITE
async def test_disk_that_hangs_keeps_no_request_waiting(
    database_url: URL, quick: Database, tmp_path: Path
) -> None:
    spool = Hanging(tmp_path / "spool")
    hurried = StorePatience(HURRIED.database, spool=HURRIED.database)
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
    assert len(await database.read(stored_requests)) == 1


class Slow(Hanging):
    """A slow disk that reports the start of each call."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.begun = Flag()

    @override
    def keep(self, new: NewRequest) -> None:
        self.begun.set()
        super().keep(new)


async def test_commit_that_comes_before_a_slow_file_is_an_answer(
    database_url: URL, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    database = Database(open_engine(database_url, patience_seconds=60))
    spool = Slow(tmp_path / "spool")
    async with running_api(parts(database, spool, HURRIED)) as url:
        with events_locked(database_url):
            sending = asyncio.create_task(exchange(url, post(b"n=1")))
            assert await asyncio.to_thread(spool.begun.wait, 30)
        try:
            assert b'{"event":1}' in await sending
        finally:
            spool.released.set()
    database.dispose()
    assert caplog.text.count("requests go into the spool") == 1


@ON_SQLITE
async def test_file_may_take_all_the_time_that_a_quick_refusal_leaves(
    database_url: URL, quick: Database, tmp_path: Path
) -> None:
    spool = Slow(tmp_path / "spool")
    hurried = StorePatience(UNHURRIED.database, spool=timedelta(0))
    async with running_api(parts(quick, spool, hurried)) as url:
        with database_away(database_url):
            sending = asyncio.create_task(send(url, b"n=1"))
            assert await asyncio.to_thread(spool.begun.wait, 30)
            spool.released.set()
            assert await sending == 200


class Counting(Database):
    """Counts the commits begun by a thread."""

    begun = 0

    @override
    def write_here(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.begun += query is store_request
        return super().write_here(query, *args, **kwargs)


@ON_SQLITE
async def test_commit_that_found_no_thread_in_time_is_not_begun_any_more(
    database_url: URL, tmp_path: Path
) -> None:
    """Otherwise a database that hangs for hours would collect all requests."""
    database, spool = Counting(open_engine(database_url, patience_seconds=60)), Spool(tmp_path)
    requests = 4 * DATABASE_THREADS
    async with running_api(parts(database, spool, HURRIED)) as url:
        with events_locked(database_url):
            answers = await asyncio.gather(*(send(url, b"n=1") for _ in range(requests)))
        found = await drained(spool, database)
    database.dispose()
    assert (set(answers), len(found)) == ({200}, requests)
    assert database.begun <= DATABASE_THREADS + requests


def test_sender_has_an_answer_within_two_seconds() -> None:
    assert StorePatience().in_all.total_seconds() <= 1.8
