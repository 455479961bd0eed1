"""Lemon Squeezy's own clients, pointed at Mintpost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from tests.clients.conftest import PythonClients
from tests.clients.running import Clients
from tests.support.lemonsqueezy import FULL, NO_INSTANCE, NO_KEY
from tests.support.online import Given, OnlineApi, online_api, sell

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path, Given(dialects=("lemonsqueezy",))) as running:
        yield running


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, device_limit=1)


@ON_SQLITE
async def test_the_npm_client_activates_validates_and_releases(
    api: OnlineApi, license_: License, npm: Clients
) -> None:
    url = f"{api.url}/lemonsqueezy"
    told = await npm.run("lemonsqueezy.mjs", url=url, key=license_.key)
    made, known = told["made"]["data"], told["known"]["data"]
    assert made["activated"] is True
    assert made["instance"]["name"] == "Ada's laptop"
    assert made["license_key"]["key"] == license_.key
    assert known["valid"] is True
    assert known["instance"] == made["instance"]
    assert told["bare"]["data"]["instance"] is None
    assert told["gone"]["data"]["deactivated"] is True
    assert [(told[step]["status"], told[step]["error"]) for step in told] == [
        (200, None),
        (400, FULL),
        (200, None),
        (200, None),
        (200, None),
        (404, NO_INSTANCE),
        (404, NO_KEY),
    ]


@ON_SQLITE
async def test_the_python_client_activates_validates_and_releases(
    api: OnlineApi, license_: License, python: PythonClients
) -> None:
    url = f"{api.url}/lemonsqueezy"
    told = await python("lemonsqueezy").run("lemonsqueezy.py", url=url, key=license_.key)
    assert told["made"]["activated"] is True
    assert told["made"]["license_key"]["key"] == license_.key
    assert told["known"]["valid"] is True
    assert told["known"]["instance"] == told["made"]["instance"]
    assert told["bare"]["instance"] is None
    assert told["gone"]["deactivated"] is True
    assert (told["full"], told["again"], told["unknown"]) == (400, 404, 404)
