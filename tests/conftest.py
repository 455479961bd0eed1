"""Starts one Temporal and one PostgreSQL for all tests, with one migrated template of each."""

from kit.garbage import collect_garbage  # isort: split

import gc
import logging
import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, select, text
from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.service import RPCError

from db.engine import Database, open_engine
from db.migrating import migrate
from db.tables import LicenseRow
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from tests.support.emptied import EmptiedDatabases
from tests.support.leaks import LeakSearch, LogKeeper, leaks_in_temporal, log_files
from tests.support.outages import Gate
from tests.support.postgres import run_postgres
from tests.support.running import SECRET, Mintpost, Setup, running
from tests.support.statements import CompiledOnce
from tests.support.temporal_server import running_temporal

pytest_plugins = ["tests.support.commanding"]

LONGEST = ("torture", "commands", "faults", "clients", "worker", "fulfillment")
"""Folders whose tests start processes or run whole sales, longest first."""

PRIVATE = select(LicenseRow.key, LicenseRow.email, LicenseRow.name)
NUMBERS = count(1)
STRATEGY = "STRATEGY FILE_COPY"
"""Takes half the time of the other strategy, because nothing is synced to the disk here."""


@pytest.fixture(scope="session")
async def client(
    leak_search: LeakSearch, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """Connect to a Temporal that must hold no personal data after all tests."""
    folder = tmp_path_factory.mktemp("temporal")
    async with running_temporal(folder) as client:
        yield client
        assert await leaks_in_temporal(leak_search, client) == []


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[URL]:
    run: dict[str, str] = getattr(request.config, "workerinput", {})
    with run_postgres(run.get("testrunuid", "")) as url:
        template = create_database(url, "template1")
        migrate_and_leave(template)
        yield template


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> URL:
    template = URL.create("sqlite", database=str(tmp_path_factory.mktemp("sqlite") / "template.db"))
    migrate_and_leave(template)
    return template


def migrate_and_leave(url: URL) -> None:
    """Migrate and disconnect, because PostgreSQL does not copy a template in use."""
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()


def create_database(server: URL, template: str) -> URL:
    name = f"mintpost_{os.getpid()}_{next(NUMBERS)}"
    engine = open_engine(server)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} {STRATEGY}"))
    engine.dispose()
    return server.set(database=name)


@pytest.fixture(scope="session")
def emptied_databases(postgres: URL) -> EmptiedDatabases:
    server, template = postgres.set(database="postgres"), str(postgres.database)
    return EmptiedDatabases(lambda: create_database(server, template))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Yield an empty database at the newest migration."""
    if request.param == "sqlite":
        template: URL = request.getfixturevalue("sqlite")
        file = tmp_path / "mintpost.db"
        shutil.copyfile(str(template.database), file)
        yield URL.create("sqlite", database=str(file))
        return
    databases: EmptiedDatabases = request.getfixturevalue("emptied_databases")
    url = databases.take()
    yield url
    databases.free.append(url)


@pytest.fixture(scope="session")
def compiled_once() -> CompiledOnce:
    return CompiledOnce()


@pytest.fixture
async def database(
    database_url: URL, leak_search: LeakSearch, compiled_once: CompiledOnce
) -> AsyncIterator[Database]:
    database = Database(compiled_once.opened(database_url))
    yield database
    for private in database.read_here(Session.execute, PRIVATE):
        leak_search.keep_private(*private)
    database.dispose()


@pytest.fixture(scope="session")
def leak_search() -> LeakSearch:
    search = LeakSearch()
    search.keep_private(SECRET)
    return search


@pytest.fixture(scope="session", autouse=True)
def log_keeper(
    leak_search: LeakSearch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LogKeeper]:
    """Keep every log line. After all tests, no line may hold private data."""
    keeper, root = LogKeeper(), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.INFO)
    yield keeper
    root.setLevel(level)
    root.removeHandler(keeper)
    leaks = leak_search.found_in("the log", "\n".join(keeper.lines).encode())
    for file in log_files(tmp_path_factory.getbasetemp()):
        leaks += leak_search.found_in(str(file), file.read_bytes())
    assert leaks == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, so that the processes end at nearly the same time."""
    items.sort(key=lambda item: min(map(_rank, item.path.parts)))


def _rank(room: str) -> int:
    return LONGEST.index(room) if room in LONGEST else len(LONGEST)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Exclude permanent objects from garbage collection, which saves a tenth of the run's time."""
    gc.collect()
    collect_garbage()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave out the log of what passed, because each process would send all of it to the first."""
    report = yield
    if report.passed:
        report.sections.clear()
    return report


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer(generate_private_key(), "mintpost")


@pytest.fixture
async def setup(
    client: Client, database: Database, signer: Signer, tmp_path: Path
) -> AsyncIterator[Setup]:
    setup = Setup(database, client, f"test-{next(NUMBERS)}", tmp_path, signer)
    yield setup
    await leave_no_run(client, setup.task_queue)


async def leave_no_run(client: Client, task_queue: str) -> None:
    """End the runs of a test, because other tests use the same order ids in other databases."""
    query = f"TaskQueue = '{task_queue}' AND ExecutionStatus = 'Running'"
    async for run in client.list_workflows(query):
        with suppress(RPCError):  # The run may have ended by itself.
            await client.get_workflow_handle(run.id, run_id=run.run_id).terminate("its test ended")


@pytest.fixture
async def gate(client: Client) -> AsyncIterator[Gate]:
    gate = Gate(client.service_client.config.target_host)
    yield gate
    await gate.close()


@pytest.fixture
async def mintpost(setup: Setup) -> AsyncIterator[Mintpost]:
    async with running(setup) as started:
        yield started
