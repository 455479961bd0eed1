"""The keys of /readyz for monitors: pollers, the oldest open event, refused calls."""

from typing import Any

import httpx
import pytest

from db.requests import store_request
from embedded.ports import NO_TLS
from tests.api.raw_http import exchange, request, status
from tests.db.rows import NOON, new_request
from tests.support.running import Mintpost, Setup, running
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def readyz(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        answer: dict[str, Any] = (await http.get(f"{url}/readyz")).json()
    return answer


@ON_SQLITE
async def test_open_events_are_counted_and_no_sale_is_named(web: Mintpost) -> None:
    for order in ("order-1", "order-2"):
        await web.database.write(store_request, new_request(order))
    told = await readyz(web.url)
    oldest = f"{NOON:%Y-%m-%dT%H:%M:%SZ}"
    assert told["oldest_open"] == {"open": 2, "received_at": oldest}
    assert "order-1" not in str(told)
    assert "pollers" not in told


@ON_SQLITE
async def test_refused_calls_are_counted_by_shop(web: Mintpost) -> None:
    call = request("POST", "/webhooks/gumroad?secret=never-was-one-at-all", body=b"a=1")
    for _ in range(2):
        assert status(await exchange(web.url, call)) == 404

    async def counted() -> bool | None:
        return (await readyz(web.url)).get("refused") == {"gumroad": 2} or None

    await until(counted, "both calls are counted")


@ON_SQLITE
async def test_the_pollers_are_null_without_a_worker_and_a_time_with_one(setup: Setup) -> None:
    setup.with_worker = False
    async with running(setup) as alone:
        assert (await readyz(alone.url))["pollers"] == {"workflow tasks": None, "activities": None}
    setup.with_worker = True
    async with running(setup) as both:

        async def polled() -> bool | None:
            return None not in (await readyz(both.url))["pollers"].values() or None

        await until(polled, "Temporal knows that the worker polls")
