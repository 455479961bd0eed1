"""Alerts of several processes on one PostgreSQL, under the API's own role."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from api.alert_memory import AlertMemory
from api.alerts import AlertLoop
from db.engine import Database, open_engine
from db.orders import fail_order
from domain.findings import Finding, Level
from operations.alerts.finding import sale_finders
from tests.api.alerting import MINUTE, REFUSED, alerting
from tests.api.test_database_role import as_api, owning
from tests.db.rows import NOON, mint, sale_of, store_event
from tests.support.alert_receiver import receiving
from tests.support.outages import connect_to_nothing

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@ON_POSTGRES
async def test_of_two_processes_at_once_one_tells(
    database: Database, database_url: URL, tmp_path: Path
) -> None:
    second = Database(open_engine(database_url))
    causes = [Finding(f"cause-{number}", Level.BROKEN, "it is broken") for number in range(10)]
    async with (
        receiving() as receiver,
        alerting(database, receiver, tmp_path) as one,
        alerting(second, receiver, tmp_path) as other,
    ):
        for cause in causes:
            await asyncio.gather(one.look(cause), other.look(cause))
        await receiver.got(len(causes))
        await other.look(REFUSED, after=MINUTE)
        await receiver.got(len(causes) + 1)
        told = sorted(cause for digest in receiver.causes() for cause in digest)
    second.dispose()
    assert told == sorted([*(cause.cause for cause in causes), REFUSED.cause])


@ON_POSTGRES
async def test_the_api_s_role_may_find_tell_and_forget(
    database: Database, database_url: URL, tmp_path: Path
) -> None:
    database.write_here(mint, sale_of())
    failed = database.write_here(store_event, "order-2")
    database.write_here(fail_order, failed, "it is no sale", NOON)
    with owning(database_url) as owner, as_api(owner) as role:
        async with receiving() as receiver, alerting(role, receiver, tmp_path) as api:
            client = await connect_to_nothing()
            finders = sale_finders(role, client, 5 * MINUTE, lambda: api.now)
            memory = AlertMemory(tmp_path / "alerts.json")
            loop = AlertLoop(role, finders, memory, api.webhook, api.loop.times)
            api.now += timedelta(hours=1)
            await loop.look()
            await receiver.got(1)
            assert {cause.partition(":")[0] for cause in receiver.causes()[0]} == {"open", "failed"}
            # After a day nothing of it is kept, and a row is removed.
            await api.look(REFUSED, after=timedelta(days=9))
            await api.stand(span=5 * MINUTE)
            await api.look(after=timedelta(days=2))
            assert loop.trouble is None
            assert api.loop.memory.untold == ()
