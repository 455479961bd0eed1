"""The spool takes a request that the database cannot commit, and the request becomes one row."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import URL, event, text
from typing_extensions import override

from api.bodies import LONGEST_BODY
from db.engine import THREADS, Database, open_engine
from db.requests import store_request
from domain.errors import DatabaseAwayError
from embedded.ports import HOST
from kit.loop import Pauses
from relay.spool import Spool
from tests.api.raw_http import exchange, status
from tests.support.outages import database_away, events_locked, read_only
from tests.support.relaying import ON_SQLITE
from tests.support.running import running_api
from tests.support.spooling import HURRIED, drained, parts, post, send, spooled

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def quick(database_url: URL) -> Iterator[Database]:
    """Open the database with a short timeout for outages."""
    database = Database(open_engine(database_url, patience_seconds=0.1))
    yield database
    database.dispose()


async def test_pings_wait_out_an_outage_and_become_rows_by_themselves(
    database_url: URL, quick: Database, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running_api(parts(quick, spool)) as url:
        with database_away(database_url):
            answers = [await send(url, f"n={number}".encode()) for number in range(3)]
            stranger = await exchange(url, post(b"n=4", known=False))
            kept = spooled(spool)
        found = await drained(spool, quick)
    assert (answers, status(stranger)) == ([200, 200, 200], 404)
    assert [row.body for row in found] == [b"n=0", b"n=1", b"n=2"]
    assert [row.received_at for row in found] == [new.received_at for new in kept]
    assert [row.request_id for row in found] == [new.request_id for new in kept]
    assert caplog.text.count("requests go into the spool") == 1
    assert all(record.exc_info is None for record in caplog.records)


async def test_pings_go_into_the_database_again_after_an_outage(
    database_url: URL, quick: Database, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running_api(parts(quick, spool)) as url:
        with database_away(database_url):
            await exchange(url, post(b"n=1"))
        await drained(spool, quick)
        assert b'{"event":2}' in await exchange(url, post(b"n=2"))
    assert caplog.text.count("requests go into the database again") == 1


async def test_pings_survive_a_restart_in_the_middle_of_an_outage(
    database_url: URL, quick: Database, spool: Spool
) -> None:
    with database_away(database_url):
        async with running_api(parts(quick, spool)) as url:
            assert await send(url, b"n=1") == 200
        async with running_api(parts(quick, Spool(spool.folder))) as url:
            assert await send(url, b"n=2") == 200
            assert len(spooled(spool)) == 2
    async with running_api(parts(quick, Spool(spool.folder))):
        found = await drained(spool, quick)
    assert [row.body for row in found] == [b"n=1", b"n=2"]


async def test_hung_database_keeps_no_request_waiting_and_makes_one_row_of_each(
    database_url: URL, spool: Spool
) -> None:
    """More requests than threads: all hang, and later commit rows that the spool holds too."""
    database = Database(open_engine(database_url, patience_seconds=60))
    bodies = {f"n={number}".encode() for number in range(THREADS + 3)}
    async with running_api(parts(database, spool, HURRIED)) as url:
        with events_locked(database_url):
            answers = await asyncio.gather(*(send(url, body) for body in bodies))
            assert len(spooled(spool)) == len(bodies)
        found = await drained(spool, database)
    database.dispose()
    assert set(answers) == {200}
    assert sorted(row.body for row in found) == sorted(bodies)


async def test_server_that_accepts_and_says_nothing_keeps_no_request_waiting(spool: Spool) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, HOST, 0) as mute:
        port = mute.sockets[0].getsockname()[1]
        url = URL.create("postgresql+psycopg", "u", host=HOST, port=port, database="d")
        database = Database(open_engine(url, patience_seconds=1))
        async with running_api(parts(database, spool, HURRIED)) as api:
            assert await send(api, b"n=1") == 200
        assert [new.body for new in spooled(spool)] == [b"n=1"]
        await asyncio.to_thread(database.dispose)


@ON_POSTGRESQL
async def test_ping_of_a_time_when_the_server_only_reads_becomes_a_row_later(
    database_url: URL, quick: Database, spool: Spool
) -> None:
    async with running_api(parts(quick, spool)) as url:
        with read_only(database_url):
            assert await send(url, b"n=1") == 200
            assert len(spooled(spool)) == 1
        assert [row.body for row in await drained(spool, quick)] == [b"n=1"]


@ON_SQLITE
async def test_ping_of_a_time_when_the_disk_is_full_becomes_a_row_later(
    database_url: URL, spool: Spool
) -> None:
    database = Database(open_engine(database_url))
    full = Flag()
    full.set()

    def limit(connection: Any, *_: object) -> None:  # noqa: ANN401 - sqlite3's own object
        connection.execute(f"PRAGMA max_page_count = {1 if full.is_set() else 1_000_000}")

    event.listen(database.engine, "checkout", limit)
    async with running_api(parts(database, spool)) as url:
        assert await send(url, b"x" * LONGEST_BODY) == 200
        assert len(spooled(spool)) == 1
        full.clear()
        assert [row.body_bytes for row in await drained(spool, database)] == [LONGEST_BODY]
    database.dispose()


async def test_table_that_is_missing_loses_nothing(database: Database, spool: Spool) -> None:
    async with running_api(parts(database, spool)) as url:
        rename(database, "events", "gone")
        assert await send(url, b"n=1") == 200
        rename(database, "gone", "events")
        assert [row.body for row in await drained(spool, database)] == [b"n=1"]


def rename(database: Database, old: str, new: str) -> None:
    database.write_here(lambda session: session.execute(text(f"ALTER TABLE {old} RENAME TO {new}")))


class LosesAnAnswer(Database):
    """Commits the first request, but loses the answer."""

    lost = False

    @override
    async def write(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        answer = await super().write(query, *args, **kwargs)
        if query is store_request and not self.lost:
            self.lost = True
            raise DatabaseAwayError("ConnectionLost")
        return answer


async def test_commit_whose_answer_was_lost_makes_one_row_at_once(
    database_url: URL, spool: Spool
) -> None:
    database = LosesAnAnswer(open_engine(database_url))
    # The drainer's interval is a day here, so the request must wake the drainer.
    slow = replace(parts(database, spool), pauses=Pauses(idle=timedelta(days=1)))
    async with running_api(slow) as url:
        assert await send(url, b"n=1") == 200
        assert database.lost
        assert [row.body for row in await drained(spool, database)] == [b"n=1"]
    database.dispose()


@ON_SQLITE
async def test_large_body_is_cut_and_its_whole_size_kept(
    database_url: URL, quick: Database, spool: Spool
) -> None:
    body = b"0123456789abcdef" * (LONGEST_BODY // 16) + b"surplus"
    async with running_api(parts(quick, spool)) as url:
        with database_away(database_url):
            assert await send(url, body) == 200
        (row,) = await drained(spool, quick)
    assert (row.body, row.body_bytes) == (body[:LONGEST_BODY], len(body))
