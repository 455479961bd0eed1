"""Polar's own clients, strict old versions and new ones, pointed at Mintpost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from tests.clients.conftest import PythonClients
from tests.clients.running import Clients
from tests.support.online import Given, OnlineApi, online_api, sell
from tests.support.polar import ORGANIZATION
from tests.support.wire import Json

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NPM_CLIENTS = (
    "polar-sdk-0.20",
    "polar-sdk-0.49",
    "@polar-sh/sdk/2026-04",
    "@polar-sh/sdk/2026-10",
    "@polar-sh/sdk/2027-01",
)
SENDS_NO_FACTS = "polar-sdk-0.20"
"""This version drops conditions and meta before it sends them."""

PYTHON_CLIENTS = {
    "polar_sdk": "polar-sdk-0",
    "polar.v2026_04": "polar-sdk-1",
    "polar.v2026_10": "polar-sdk-1",
    "polar.v2027_01": "polar-sdk-1",
}


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path, Given(dialects=("polar",))) as running:
        yield running


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, device_limit=1)


@ON_SQLITE
@pytest.mark.parametrize("client", NPM_CLIENTS)
async def test_an_npm_client_activates_validates_and_releases(
    api: OnlineApi, license_: License, npm: Clients, client: str
) -> None:
    asked = {"url": f"{api.url}/polar", "key": license_.key, "organization": ORGANIZATION}
    told = await npm.run("polar.mjs", client=client, **asked)
    require_whole_story(told, license_, sends_facts=client != SENDS_NO_FACTS)


@ON_SQLITE
@pytest.mark.parametrize("client", PYTHON_CLIENTS)
async def test_a_python_client_activates_validates_and_releases(
    api: OnlineApi, license_: License, python: PythonClients, client: str
) -> None:
    clients = python(PYTHON_CLIENTS[client])
    asked = {"url": f"{api.url}/polar", "key": license_.key, "organization": ORGANIZATION}
    require_whole_story(await clients.run("polar.py", client=client, **asked), license_)


def require_whole_story(told: Json, license_: License, *, sends_facts: bool = True) -> None:
    assert told["made"].get("license_key", {}).get("key") == license_.key, told["made"]
    assert told["made"]["meta"] == ({"os": "macOS"} if sends_facts else {})
    assert told["made"]["label"] == "laptop"
    assert told["known"].get("status") == "granted", told["known"]
    assert told["known"]["activation"]["id"] == told["made"]["id"]
    assert told["bare"].get("key") == license_.key, told["bare"]
    assert told["bare"]["activation"] is None
    assert told["gone"] is None
    for step, refusal in REFUSALS.items():
        if step != "other" or sends_facts:
            assert told[step].get("refused") == refusal, told[step]


REFUSALS = {
    "full": "NotPermitted",
    "other": "ResourceNotFound",
    "again": "ResourceNotFound",
    "unknown": "ResourceNotFound",
    "wrong": "HTTPValidationError",
}
