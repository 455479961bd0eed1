from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.online.dialects.registry import DIALECTS
from db.engine import Database
from domain.license import License
from tests.api.online.dialects.cases import CASES, Case
from tests.api.online.dialects.gumroad_app import PRODUCTS, TERMS, GumroadApp, gumroad_app, sale
from tests.support.online import Given, OnlineApi, online_api, sell


@pytest.fixture
async def every(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    """Run the API with every dialect switched on."""
    async with online_api(database, tmp_path, Given(PRODUCTS, tuple(DIALECTS))) as api:
        yield api


@pytest.fixture
def case(name: str) -> Case:
    return CASES[name]


@pytest.fixture
def sold(database: Database) -> License:
    return sell(database, sale(), TERMS)


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[GumroadApp]:
    async with gumroad_app(database, tmp_path) as app:
        yield app
