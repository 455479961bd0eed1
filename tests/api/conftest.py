from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from licensing.signing import Signer
from tests.support.outages import connect_to_nothing
from tests.support.running import Mintpost, Setup, running


@pytest.fixture
async def web(database: Database, signer: Signer, tmp_path: Path) -> AsyncIterator[Mintpost]:
    """Run only the API. Temporal is away, so that no row of a test starts a workflow."""
    setup = Setup(
        database, await connect_to_nothing(), "unused", tmp_path, signer, with_worker=False
    )
    setup.secrets = ("older-secret", "newer-secret")
    async with running(setup) as started:
        yield started
