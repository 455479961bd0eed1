"""The API tells what stands still, whatever else is broken."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.alerts import AlertSetup, AlertTimes
from db.engine import Database, open_engine
from domain.alerting import Pace
from embedded.ports import NO_TLS
from tests.support.alert_receiver import Receiver, receiving
from tests.support.outages import connect_to_nothing, database_away
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running_api, web_parts
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOOKS = timedelta(milliseconds=20)
AT_ONCE = Pace(after=timedelta(0), over=timedelta(hours=1))
BUYER = "ada.unseen@example.com"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def told_to(receiver: Receiver, pace: Pace = AT_ONCE) -> AlertSetup:
    return AlertSetup(receiver.url, AlertTimes(pace, LOOKS))


async def told(receiver: Receiver, cause: str) -> dict[str, Any]:
    """Wait for the alert with this beginning of its cause."""

    async def arrived() -> dict[str, Any] | None:
        alerts = (alert for body in receiver.bodies for alert in body["alerts"])
        return next((each for each in alerts if each["cause"].startswith(cause)), None)

    return await until(arrived, f"{cause} is told")


@ON_SQLITE
async def test_a_sale_is_told_while_temporal_is_away(setup: Setup, receiver: Receiver) -> None:
    setup.client = await connect_to_nothing()
    parts = replace(web_parts(setup), alerts=told_to(receiver))
    async with running_api(parts) as url:
        ping = changed(recorded("01"), sale_id="order-9", email=BUYER)
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
            where = f"{url}/webhooks/gumroad"
            answer = await http.post(where, params={"secret": setup.secrets[0]}, content=ping)
        assert answer.status_code == 200
        assert "Temporal cannot be reached" in (await told(receiver, "temporal"))["sentence"]
        sale = await told(receiver, "parked:gumroad:")
    assert sale["remedy"] == "mintpost retry gumroad:order-9"
    assert BUYER not in str(receiver.bodies)


@ON_SQLITE
async def test_a_dead_worker_is_told(setup: Setup, receiver: Receiver) -> None:
    parts = replace(web_parts(setup), alerts=told_to(receiver))
    async with running_api(parts):
        alert = await told(receiver, "worker")
    assert "nobody asks Temporal" in alert["sentence"]
    assert alert["remedy"] == "python worker.py"


async def test_a_database_that_is_away_is_told(setup: Setup, receiver: Receiver) -> None:
    url = setup.database.engine.url
    setup.database = Database(open_engine(url, patience_seconds=0.1))
    parts = replace(web_parts(setup), alerts=told_to(receiver))
    async with running_api(parts):
        with database_away(url):
            alert = await told(receiver, "database")
    setup.database.dispose()
    assert "the database cannot be used right now" in alert["sentence"]


@ON_SQLITE
async def test_nothing_is_told_of_a_sale_that_goes_through(
    mintpost: Mintpost, setup: Setup, receiver: Receiver
) -> None:
    parts = replace(web_parts(setup), alerts=told_to(receiver, Pace()))
    async with running_api(parts) as url:
        await mintpost.ping(recorded("01"))
        await mintpost.settled()
        where = f"{url}/webhooks/gumroad?secret=never-was-one-at-all"
        assert (await mintpost.http.post(where)).status_code == 404
        await told(receiver, "refused:gumroad")
    # The refused call is the first that anybody hears of.
    assert receiver.causes() == [["refused:gumroad"]]
