from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from tests.support.online import OnlineApi, online_api


@pytest.fixture
async def apps(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    """Run the API with its usual parts, at noon."""
    async with online_api(database, tmp_path) as running:
        yield running
