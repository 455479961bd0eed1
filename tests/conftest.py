"""One Temporal server, one PostgreSQL and one migrated template of each for the whole run."""

import gc
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from temporalio.client import Client
from temporalio.service import RPCError

from db.engine import Database, open_engine
from db.migrating import migrate
from db.views.lists import Filters, list_licenses
from embedded.child import spawn
from embedded.ports import HOST, free_ports
from embedded.temporal_server import server_command
from licensing.signing import Signer, generate_private_key
from tests.support.leaks import LeakSearch, LogKeeper, leaks_in_temporal, log_files
from tests.support.outages import Gate
from tests.support.postgres import run_postgres
from tests.support.running import SECRET, Mintpost, Setup, running
from tests.support.waiting import until

pytest_plugins = ["tests.support.commanding"]

NUMBERS = count(1)
STRATEGY = "STRATEGY FILE_COPY"
"""Half the time of the other one, where nothing is synced to the disk."""


@pytest.fixture(scope="session")
async def client(
    leak_search: LeakSearch, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """Connect to a Temporal that in the end, after all tests, must know nobody's name."""
    folder = tmp_path_factory.mktemp("temporal")
    port, ui_port = free_ports(2)
    command = server_command(folder / "temporal.db", HOST, port, ui_port)
    child = await spawn("temporal", command, os.environ, directory=None, logs=folder)

    async def connected() -> Client | None:
        child.require_alive()
        try:
            return await Client.connect(f"{HOST}:{port}")
        except RuntimeError:
            return None

    try:
        client = await until(connected, "Temporal answers")
        yield client
        assert await leaks_in_temporal(leak_search, client) == []
    finally:
        await child.kill()  # Nobody needs what it would take 10 s to put in order.


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    with run_postgres() as url:
        template = create_database(url, "template1")
        migrate_and_leave(template)
        yield template


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> URL:
    template = URL.create("sqlite", database=str(tmp_path_factory.mktemp("sqlite") / "template.db"))
    migrate_and_leave(template)
    return template


def migrate_and_leave(url: URL) -> None:
    """Migrate without leaving a connection: PostgreSQL copies no template that is in use."""
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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Make an empty database at the newest migration, a copy of one that was migrated there."""
    template: URL
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite")
        file = tmp_path / "mintpost.db"
        shutil.copyfile(str(template.database), file)
        return URL.create("sqlite", database=str(file))
    template = request.getfixturevalue("postgres")
    return create_database(template.set(database="postgres"), str(template.database))


@pytest.fixture
async def database(database_url: URL, leak_search: LeakSearch) -> AsyncIterator[Database]:
    database = Database(open_engine(database_url))
    yield database
    for license_ in database.read_here(list_licenses, Filters(limit=1000)):
        leak_search.keep_private(license_.key, license_.email, license_.name)
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
    """Keep every line; in the end, after all tests, none may hold what is private."""
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
    """Begin with what takes longest, so that the other processes have the rest meanwhile."""
    items.sort(key=lambda item: "torture" not in item.path.parts)


def pytest_collection_finish() -> None:
    """Have the garbage collector pass by what stays for the whole run: a tenth of its time."""
    gc.collect()
    gc.freeze()


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
    """End what a test left running: other tests name the same orders, in a database of theirs."""
    query = f"TaskQueue = '{task_queue}' AND ExecutionStatus = 'Running'"
    async for run in client.list_workflows(query):
        with suppress(RPCError):  # It may have ended by itself.
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
