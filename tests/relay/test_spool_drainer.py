"""Each spooled request becomes one row, even after a crash in between."""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from db.engine import Database, open_engine
from db.requests import NewRequest, store_request
from relay.drainer import Drainer
from relay.spool import SET_ASIDE, Spool
from tests.db.rows import NOON, new_request
from tests.support.outages import database_away
from tests.support.relaying import ON_SQLITE
from tests.support.spooling import drainer, names
from tests.support.stored import stored_requests


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def request_of(number: int) -> NewRequest:
    return new_request(f"order-{number}", received_at=NOON + timedelta(seconds=number))


async def orders(database: Database) -> list[str | None]:
    return [row.order_id for row in await database.read(stored_requests)]


async def test_row_has_all_of_the_request(database: Database, spool: Spool) -> None:
    new = replace(request_of(1), sender="127.0.0.1", body=bytes(range(256)), body_bytes=5_000_000)
    spool.keep(new)
    assert await drainer(spool, database).look()
    assert await database.read(stored_requests) == [new]
    assert names(spool.folder) == set()


@ON_SQLITE
async def test_relay_is_woken_for_each_row(database: Database, spool: Spool) -> None:
    for number in (1, 2):
        spool.keep(request_of(number))
    woken: list[bool] = []
    working = Drainer(spool, database, lambda: woken.append(True))
    for _ in range(2):
        assert await working.look()
    assert len(woken) == 2


async def test_rows_come_in_order_of_arrival(database: Database, spool: Spool) -> None:
    for number in (3, 1, 2):
        spool.keep(request_of(number))
    assert await drainer(spool, database).look()
    assert await orders(database) == ["order-1", "order-2", "order-3"]


async def test_crash_between_insert_and_unlink_makes_one_row(
    database: Database, spool: Spool
) -> None:
    spool.keep(request_of(1))
    await database.write(store_request, request_in(spool))
    assert await drainer(spool, database).look()
    assert await orders(database) == ["order-1"]
    assert spool.files() == []


def request_in(spool: Spool) -> NewRequest:
    (file,) = spool.files()
    return spool.read(file)


async def test_two_drainers_at_once_make_one_row_each(
    database: Database, database_url: URL, spool: Spool
) -> None:
    for number in range(20):
        spool.keep(request_of(number))
    other = Database(open_engine(database_url))
    drainers = [drainer(spool, database), drainer(Spool(spool.folder), other)]
    assert await asyncio.gather(*(each.look() for each in drainers)) == [True, True]
    other.dispose()
    found = await orders(database)
    assert len(found) == 20
    assert set(found) == {f"order-{number}" for number in range(20)}
    assert names(spool.folder) == set()


@ON_SQLITE
async def test_garbage_is_set_aside_with_a_sentence_and_stalls_nothing(
    database: Database, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    spool.prepare()
    garbage = spool.folder / "0-first-of-all.json"
    garbage.write_text(json.dumps({"body": "c2VrcmV0", "order_id": "sekret"}))
    spool.keep(request_of(1))
    working = drainer(spool, database)
    assert await working.look()
    assert await orders(database) == ["order-1"]
    kept = garbage.with_suffix(SET_ASIDE)
    assert kept.exists()
    assert f"mend {kept} and name it {garbage.name} again" in caplog.text
    assert "sekret" not in caplog.text
    assert await working.look()
    assert caplog.text.count("set aside") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"body_bytes": 2**70},
        # UTC has no such time.
        {"received_at": "0001-01-01T00:00:00+14:00"},
    ],
)
async def test_row_that_the_database_refuses_is_set_aside_and_stalls_nothing(
    database: Database, spool: Spool, caplog: pytest.LogCaptureFixture, wrong: dict[str, object]
) -> None:
    for number in (1, 2):
        spool.keep(request_of(number))
    first = spool.files()[0]
    first.write_text(json.dumps(json.loads(first.read_text()) | wrong))
    assert await drainer(spool, database).look()
    assert await orders(database) == ["order-2"]
    assert names(spool.folder) == {SET_ASIDE}
    assert "the database refuses a row" in caplog.text


@ON_SQLITE
async def test_file_that_cannot_be_read_now_waits_and_stalls_nothing(
    database: Database, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    (spool.folder / "0-a-folder.json").mkdir(parents=True)
    spool.keep(request_of(1))
    working = drainer(spool, database)
    assert [await working.look(), await working.look()] == [False, False]
    assert await orders(database) == ["order-1"]
    assert caplog.text.count("0-a-folder.json cannot be read or removed (Is a directory)") == 1


async def test_what_no_row_can_enter_waits_and_is_not_set_aside(
    database: Database, spool: Spool
) -> None:
    spool.keep(request_of(1))
    database.write_here(lambda session: session.execute(text("ALTER TABLE events RENAME TO gone")))
    working = drainer(spool, database)
    assert not await working.look()
    database.write_here(lambda session: session.execute(text("ALTER TABLE gone RENAME TO events")))
    assert await working.look()
    assert await orders(database) == ["order-1"]


async def test_outage_is_told_once_and_so_is_its_end(
    database_url: URL, spool: Spool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    database = Database(open_engine(database_url, patience_seconds=0.1))
    for number in (1, 2):
        spool.keep(request_of(number))
    working = drainer(spool, database)
    with database_away(database_url):
        assert [await working.look() for _ in range(3)] == [False, False, False]
    assert await working.look()
    assert caplog.text.count("spooled requests wait and go in by themselves") == 1
    assert caplog.text.count("the spool is empty again") == 1
    assert await orders(database) == ["order-1", "order-2"]
    database.dispose()


@ON_SQLITE
async def test_spool_that_cannot_be_is_told_before_it_is_needed(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").touch()
    assert not await drainer(Spool(tmp_path / "data" / "spool"), database).look()
    assert "the spool cannot be used (Not a directory)" in caplog.text
