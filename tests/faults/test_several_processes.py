"""Two APIs and two workers share one PostgreSQL, and one of each is killed."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress

import httpx
import pytest

from db.views.lists import EventLine, Filters, list_events, list_licenses
from embedded.ports import HOST
from fakes.postmark import FakePostmark
from fakes.reactions import ACCEPT_AND_HANG
from tests.faults.processes import Api, a_worker, api
from tests.faults.test_worker_killed import start_sale
from tests.support.processes import Running
from tests.support.running import Setup, running
from tests.support.waiting import until

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORKERS = ("worker-1", "worker-2")
SALES, HELD, LATE = 6, "held==", "late=="


async def settled(setup: Setup, orders: set[str]) -> list[EventLine]:
    async def all_closed() -> list[EventLine] | None:
        every = await setup.database.read(list_events, Filters(limit=1000))
        found = [line for line in every if line.order_id in orders]
        closed = all(line.outcome for line in found)
        return found if closed and {line.order_id for line in found} == orders else None

    return await until(all_closed, "every row of these orders is closed")


async def sell(order: str, first: Api, second: Api) -> None:
    """Send a copy to each API. The first is killed after its first answer."""
    with suppress(httpx.TransportError, ProcessLookupError):
        assert await first.ping(order) == 200
        first.running.process.kill()
    assert await second.ping(order) == 200


async def holder(workers: dict[str, Running], postmark: FakePostmark) -> Running:
    """Wait until the provider has a mail. Return the worker that waits for the answer."""

    async def taken() -> Running | None:
        names = [mail.message["From"].partition(" ")[0] for mail in postmark.accepted]
        return workers[names[0]] if names else None

    return await until(taken, "the provider has the mail")


@ON_POSTGRES
async def test_killed_processes_beside_living_ones_cause_one_license_and_one_mail_per_sale(
    setup: Setup, environment: dict[str, str], postmark: FakePostmark
) -> None:
    orders = {f"shared-{number}==" for number in range(SALES)}
    everything = {*orders, HELD, LATE}
    postmark.reactions.append(ACCEPT_AND_HANG)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        named = [{**environment, "EMAIL_FROM": f"{name} <hello@a.example>"} for name in WORKERS]
        first, second, one, other = await asyncio.gather(
            enter(api(setup, environment)),
            enter(api(setup, environment)),
            enter(a_worker(setup, named[0], WORKERS[0])),
            enter(a_worker(setup, named[1], WORKERS[1])),
        )
        await start_sale(setup, HELD)
        worker = await holder(dict(zip(WORKERS, (one, other), strict=True)), postmark)
        await asyncio.gather(*(sell(order, first, second) for order in orders))
        await settled(setup, orders)
        worker.process.kill()  # It is waiting for the answer to its mail.
        assert await second.ping(LATE) == 200
        events = await settled(setup, everything)
    assert {event.outcome for event in events} == {"fulfilled", "duplicate"}
    fulfilled = [event.order_id for event in events if event.outcome == "fulfilled"]
    licenses = await setup.database.read(list_licenses, Filters(limit=1000))
    for done in (fulfilled, [license_.order_id for license_ in licenses]):
        assert Counter(done) == Counter(everything)
    assert len(postmark.accepted) == len(everything)


@ON_SQLITE
async def test_sale_whose_api_is_killed_after_its_answer_is_started_by_the_next_one(
    mailing: Setup, environment: dict[str, str], postmark: FakePostmark
) -> None:
    nowhere = {"TEMPORAL_ADDRESS": f"{HOST}:1"}
    async with api(mailing, {**environment, **nowhere}) as first:
        assert await first.ping("killed-api==") == 200
        first.running.process.kill()
        await first.running.process.wait()
    async with running(mailing):
        (event,) = await settled(mailing, {"killed-api=="})
    assert event.outcome == "fulfilled"
    assert len(postmark.accepted) == 1
