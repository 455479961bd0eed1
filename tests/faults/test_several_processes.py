"""Two APIs and two workers share one PostgreSQL, and one of each is killed meanwhile."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from commands.ports import HOST
from db.listing import EventLine, Filters, list_events, list_licenses
from tests.faults.processes import a_worker, api
from tests.mailers.fake_postmark import FakePostmark
from tests.support.running import Setup
from tests.support.waiting import until

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SALES = 6


async def settled(setup: Setup, count: int) -> list[EventLine]:
    async def all_closed() -> list[EventLine] | None:
        found = await setup.database.read(list_events, Filters(limit=1000))
        return found if len(found) == count and all(line.outcome for line in found) else None

    return await until(all_closed, f"{count} rows are closed")


@ON_POSTGRES
async def test_two_of_each_make_one_license_and_one_mail_per_sale(
    setup: Setup, environment: dict[str, str], postmark: FakePostmark
) -> None:
    orders = [f"shared-{number}==" for number in range(SALES)]
    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(api(setup, environment)) for _ in range(2)]
        for name in ("worker-1", "worker-2"):
            await stack.enter_async_context(a_worker(setup, environment, name))
        answers = await asyncio.gather(*(each.ping(order) for order in orders for each in apis))
        events = await settled(setup, 2 * SALES)
    assert set(answers) == {200}
    assert sorted(event.outcome or "" for event in events) == (
        ["duplicate"] * SALES + ["fulfilled"] * SALES
    )
    licenses = await setup.database.read(list_licenses, Filters(limit=1000))
    assert sorted(license_.order_id for license_ in licenses) == sorted(orders)
    assert len(postmark.accepted) == SALES


@ON_SQLITE
async def test_sale_whose_api_is_killed_after_its_answer_is_started_by_the_next_one(
    setup: Setup, environment: dict[str, str], postmark: FakePostmark
) -> None:
    nowhere = {"TEMPORAL_ADDRESS": f"{HOST}:1"}
    async with api(setup, {**environment, **nowhere}) as first:
        assert await first.ping("killed-api==") == 200
        first.running.process.kill()
        await first.running.process.wait()
    async with a_worker(setup, environment, "worker"), api(setup, environment):
        (event,) = await settled(setup, 1)
    assert event.outcome == "fulfilled"
    assert len(postmark.accepted) == 1
