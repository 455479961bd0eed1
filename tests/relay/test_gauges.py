"""The gauges show what waits now, and nothing while the database is away."""

from collections.abc import Iterator
from datetime import timedelta
from math import isnan
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import URL

from db.dispatching import record_waiting
from db.engine import Database, open_engine
from db.orders import fail_order
from db.requests import store_request
from db.views.gauges import waiting_counts
from kit.clock import utc_now
from kit.instruments import OF_API
from relay.gauges import Gauges
from relay.spool import Spool
from tests.support.pings import new_event

AGE = timedelta(minutes=5)
STATUSES = ("open", "parked", "failed")


@pytest.fixture
def registry() -> Iterator[CollectorRegistry]:
    registry = CollectorRegistry()
    OF_API.turn_on(registry)
    yield registry
    OF_API.turn_off()


async def stored(database: Database, order_id: str) -> int:
    return await database.write(store_request, new_event(b"", order_id))


def shown(registry: CollectorRegistry, name: str, **labels: str) -> float:
    value = registry.get_sample_value(f"mintpost_{name}", labels)
    assert value is not None
    return value


async def test_open_parked_and_failed_events_the_oldest_and_the_spool_are_shown(
    database: Database, registry: CollectorRegistry, tmp_path: Path
) -> None:
    ids = [await stored(database, f"order-{number}") for number in range(4)]
    await database.write(record_waiting, "Temporal is away", ids[0])
    await database.write(fail_order, ids[1], "it is no sale", utc_now())
    spool = Spool(tmp_path / "spool")
    await spool.run(spool.keep, new_event(b"", "spooled"))
    await Gauges(database, spool, clock=lambda: utc_now() + AGE).measure()
    waiting = {each: shown(registry, "events_waiting", status=each) for each in STATUSES}
    assert waiting == {"open": 2, "parked": 1, "failed": 1}
    assert shown(registry, "oldest_open_event_seconds") >= AGE.total_seconds()
    assert (shown(registry, "spooled_requests"), shown(registry, "database_up")) == (1, 1)


async def test_numbers_of_a_database_that_is_away_are_not_shown(
    registry: CollectorRegistry, tmp_path: Path
) -> None:
    away = Database(open_engine(URL.create("sqlite", database=str(tmp_path / "no" / "database"))))
    await Gauges(away, Spool(tmp_path / "spool")).measure()
    away.dispose()
    assert shown(registry, "database_up") == 0
    assert isnan(shown(registry, "oldest_open_event_seconds"))
    assert [isnan(shown(registry, "events_waiting", status=each)) for each in STATUSES] == [
        True
    ] * len(STATUSES)


async def test_a_backlog_is_counted_up_to_a_bound(database: Database) -> None:
    for number in range(3):
        await stored(database, f"order-{number}")
    counts = await database.read(waiting_counts, 2)
    assert (counts.open, counts.parked, counts.failed) == (2, 0, 0)
