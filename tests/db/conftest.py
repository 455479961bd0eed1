"""One database of each kind, emptied after each test, because a new database takes longer."""

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import URL, delete
from sqlalchemy.orm import Session

from db.engine import Database, open_engine
from db.tables import Table
from reading.reader import Reader
from reading.settling import Settling
from storefronts.gumroad.storefront import Gumroad
from tests.conftest import create_database


@pytest.fixture(scope="session")
def shared_sqlite(sqlite: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("shared") / "mintpost.db"
    shutil.copyfile(str(sqlite.database), file)
    shared = Database(open_engine(URL.create("sqlite", database=str(file))))
    yield shared
    shared.dispose()


@pytest.fixture(scope="session")
def shared_postgresql(postgres: URL) -> Iterator[Database]:
    url = create_database(postgres.set(database="postgres"), str(postgres.database))
    shared = Database(open_engine(url))
    yield shared
    shared.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    shared: Database = request.getfixturevalue(f"shared_{request.param}")
    yield shared
    shared.write_here(empty)


def empty(session: Session) -> None:
    for table in reversed(Table.metadata.sorted_tables):
        session.execute(delete(table))


@pytest.fixture
def settling(database: Database) -> Settling:
    return Settling(Reader(database, {"gumroad": Gumroad()}))
