from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from licensing.signing import Signer
from tests.support.outages import connect_to_nothing
from tests.support.running import Mintpost, Setup, running


@pytest.fixture
async def web(database: Database, signer: Signer, tmp_path: Path) -> AsyncIterator[Mintpost]:
    """Run the API alone. Temporal is away, so that no test's row becomes another's workflow."""
    setup = Setup(
        database, await connect_to_nothing(), "unused", tmp_path, signer, with_worker=False
    )
    setup.secrets = ("older-secret", "newer-secret")
    async with running(setup) as started:
        yield started
