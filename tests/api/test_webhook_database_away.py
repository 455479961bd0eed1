"""Without a database a ping is refused, so that its sender comes again."""

import logging

import pytest
from sqlalchemy import URL, text

from api.app import Parts
from db.engine import Database, open_engine
from db.listing import Filters, list_events
from storefronts.gumroad import Gumroad
from tests.api.outages import connect_to_nothing, database_away
from tests.api.raw_http import exchange, request, status
from tests.support.running import QUICK_PAUSES, running_api

PING = request("POST", "/webhooks/gumroad?secret=right", body=b"a=1")
STRANGE = request("POST", "/webhooks/gumroad?secret=wrong", body=b"a=1")


def parts(database: Database) -> Parts:
    return Parts(
        database, {"gumroad": Gumroad(("right",))}, connect_to_nothing, pauses=QUICK_PAUSES
    )


async def test_ping_gets_503_while_the_database_is_away_and_200_when_it_is_back(
    database_url: URL, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    database = Database(open_engine(database_url, patience_seconds=0.1))
    async with running_api(parts(database)) as url:
        with database_away(database_url):
            refused = await exchange(url, PING)
            assert status(refused) == 503
            assert b"send again" in refused
            assert status(await exchange(url, STRANGE)) == 404
        assert status(await exchange(url, PING)) == 200
    (event,) = await database.read(list_events, Filters())
    assert event.outcome is None
    assert all(record.exc_info is None for record in caplog.records)
    database.dispose()


async def test_table_that_is_missing_is_503_and_no_traceback(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    database.run_here(lambda session: session.execute(text("ALTER TABLE events RENAME TO gone")))
    async with running_api(parts(database)) as url:
        assert status(await exchange(url, PING)) == 503
    assert all(record.exc_info is None for record in caplog.records)
