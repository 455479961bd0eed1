import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from kit.loop import BackgroundLoop
from tests.support.online import OnlineApi, online_api


@pytest.fixture
async def apps(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    """Run the API with its usual parts, at noon."""
    async with online_api(database, tmp_path) as running:
        yield running


@pytest.fixture
def resting_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the loops of the API from the database, so that each statement is of a question."""

    async def rest(_loop: BackgroundLoop) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(BackgroundLoop, "run", rest)
