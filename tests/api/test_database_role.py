"""The API's own role in PostgreSQL: it runs the API's real paths, and can do no more."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session
from temporalio.client import Client

from api.answer_key_file import new_answer_key
from api.answer_keys import AnswerKeyKeeper
from api.assembling import ApiParts
from db.answer_keys import SEEN_EVERY, current_answer_keys, withdraw_answer_key
from db.deliveries import refuse_delivery
from db.dispatching import (
    mark_dispatched,
    record_waiting,
    start_again,
    started_events,
    waiting_events,
)
from db.engine import Database, open_engine
from db.events import load_event
from db.grants import API_MAY, API_ROLE
from db.late_rows import late_copies
from db.migrated import WrongMigrationError, check_migrated
from db.migrating import migrate
from db.orders import close_row, fail_order, order_is_settled, settle_copy
from db.resend_runs import mark_resends_dispatched, started_resends, waiting_resends
from db.resends import NewResend, ask_resends
from db.tables import Table
from kit.clock import utc_now
from licensing.answers import AnswerSigner
from relay.spool import Spool
from storefronts.gumroad.storefront import Gumroad
from tests.api.refused_statements import REFUSED
from tests.conftest import create_database
from tests.db.rows import mint, sale_of, store_event
from tests.support.online import SetClock
from tests.support.pings import changed, recorded
from tests.support.running import SECRET, UNHURRIED, Mintpost, Setup, running, running_api

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
PASSWORD = "an invented ' password \\ of 漢字"


@contextmanager
def owning(url: URL) -> Iterator[Engine]:
    """Open a database as its owner, after a migration that created the API's role."""
    engine = open_engine(url)
    migrate(engine, PASSWORD)
    yield engine
    with engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {API_ROLE}"))
        with suppress(DBAPIError), connection.begin_nested():
            # The role stays while another test's database grants it rights.
            connection.execute(text(f"DROP ROLE {API_ROLE}"))
    engine.dispose()


@contextmanager
def as_api(owner: Engine) -> Iterator[Database]:
    database = Database(open_engine(owner.url.set(username=API_ROLE, password=PASSWORD)))
    yield database
    database.dispose()


@pytest.fixture
def owner(database_url: URL) -> Iterator[Engine]:
    with owning(database_url) as engine:
        yield engine


@pytest.fixture
def role(owner: Engine) -> Iterator[Database]:
    with as_api(owner) as database:
        yield database


@pytest.fixture(scope="module")
def unchanged(postgres: URL) -> Iterator[Database]:
    """Open one database for all refused statements, because none of them changes it."""
    url = create_database(postgres.set(database="postgres"), str(postgres.database))
    with owning(url) as owner, as_api(owner) as database:
        yield database


def refuse(role: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        role.write_here(lambda session: session.execute(text(statement)))


@pytest.mark.parametrize("what", REFUSED)
def test_the_role_can_do_only_what_the_api_needs(unchanged: Database, what: str) -> None:
    refuse(unchanged, REFUSED[what])


def test_every_table_has_a_decision_about_rights() -> None:
    assert set(API_MAY) == set(Table.metadata.tables)


def test_every_column_that_may_be_written_exists() -> None:
    for name, rights in API_MAY.items():
        assert set(rights.update) <= set(Table.metadata.tables[name].columns.keys())


@ON_POSTGRES
def test_a_migration_takes_back_what_it_did_not_give(owner: Engine, role: Database) -> None:
    with owner.begin() as connection:
        connection.execute(text(f"GRANT ALL ON signing_keys, licenses TO {API_ROLE}"))
    migrate(owner)
    for what in ("a-signing-key", "another-token"):
        refuse(role, REFUSED[what])


@ON_POSTGRES
def test_the_role_s_password_is_changed_by_the_next_migration(owner: Engine) -> None:
    migrate(owner, "another")
    engine = open_engine(owner.url.set(username=API_ROLE, password="another"))
    check_migrated(engine)
    engine.dispose()


@ON_POSTGRES
def test_a_role_that_may_make_none_is_told(owner: Engine, role: Database) -> None:
    del owner
    with pytest.raises(WrongMigrationError, match="42501, its user lacks a privilege: grant it"):
        migrate(role.engine, "another")


@pytest.fixture
async def as_role(setup: Setup, role: Database) -> AsyncIterator[tuple[Mintpost, Setup]]:
    """Run the worker as the owner, and the API with its role."""

    async def connect() -> Client:
        return setup.client

    async with running(setup) as mintpost:
        parts = ApiParts(
            role,
            {"gumroad": Gumroad((SECRET,))},
            connect,
            Spool(setup.folder / "other-spool"),
            setup.task_queue,
            watch=timedelta(milliseconds=250),
            patience=UNHURRIED,
        )
        async with running_api(parts) as url:
            yield replace(mintpost, url=url), setup


@ON_POSTGRES
async def test_a_sale_goes_through_an_api_of_that_role(as_role: tuple[Mintpost, Setup]) -> None:
    mintpost, _ = as_role
    assert (await mintpost.ping(recorded("01"))).status_code == 200
    await mintpost.settled_and_named()
    assert (await mintpost.ping(recorded("01"))).status_code == 200
    assert [event.outcome for event in await mintpost.settled()] == ["duplicate", "fulfilled"]
    (license_,) = await mintpost.licenses()
    asked = NewResend("gumroad", license_.order_id, None, "a test", None)
    await mintpost.database.write(ask_resends, asked, utc_now())
    ready = await mintpost.http.get(f"{mintpost.url}/readyz")
    assert ready.json()["ready"] is True
    keys = await mintpost.http.get(f"{mintpost.url}/.well-known/jwks.json")
    assert len(keys.json()["keys"]) == 1
    unsigned = await mintpost.http.get(f"{mintpost.url}/v1/revocations")
    assert unsigned.json() == {"detail": "no revocation list is signed yet"}


@ON_POSTGRES
async def test_a_late_copy_gets_its_remark(as_role: tuple[Mintpost, Setup]) -> None:
    mintpost, _ = as_role
    await mintpost.ping(recorded("01"))
    await mintpost.settled()
    await mintpost.ping(changed(recorded("01"), email="corrected@example.com"))
    assert "another address" in str((await mintpost.settled())[0].note)


def looked_after(session: Session, now: datetime) -> dict[str, object]:
    """Do everything that relay and watcher do with waiting, ending and late rows."""
    waiting, started, late = (store_event(session, order) for order in ("1", "2", "order-1"))
    record_waiting(session, "Temporal is away")
    before = len(waiting_events(session, 100))
    mark_dispatched(session, started, "gumroad:2", now - timedelta(hours=1))
    found = started_events(session, now)
    return {
        "waiting": before,
        "started": [each.id for each in found] == [started],
        "again": start_again(session, started),
        "failed": fail_order(session, waiting, "a person terminated its workflow", now),
        "late": [settle_copy(session, *copy, now) for copy in late_copies(session)],
        "settled": order_is_settled(session, "gumroad", "order-1"),
        "copy": load_event(session, late).outcome,
    }


@ON_POSTGRES
async def test_waiting_ending_and_late_rows_are_settled_with_that_role(
    database: Database, role: Database
) -> None:
    now = utc_now()

    def sold(session: Session) -> None:
        mint(session, sale_of())
        close_row(session, 1, "fulfilled", now)
        ask_resends(session, NewResend("gumroad", "order-1", None, "a test", None), now)

    database.write_here(sold)
    assert role.write_here(looked_after, now) == {
        "waiting": 3,
        "started": True,
        "again": True,
        "failed": 1,
        "late": [1],
        "settled": True,
        "copy": "duplicate",
    }
    (resend,) = role.read_here(waiting_resends)
    role.write_here(mark_resends_dispatched, resend.ids, now - timedelta(hours=1))
    (started,) = role.read_here(started_resends, now)
    role.write_here(refuse_delivery, started.delivery_id, "a person terminated its workflow")
    assert role.read_here(started_resends, now) == []


@ON_POSTGRES
async def test_an_answer_key_is_registered_and_replaced_with_that_role(
    database: Database, role: Database
) -> None:
    clock = SetClock()
    signer = AnswerSigner(new_answer_key(), "mintpost")
    keeper = AnswerKeyKeeper(role, signer, lambda _withdrawn: new_answer_key(), clock)
    for step in (timedelta(0), SEEN_EVERY):
        clock.now += step
        await keeper.run_once()
    first = signer.public_key.kid
    assert database.write_here(withdraw_answer_key, first, None, clock.now)
    await keeper.run_once()
    assert len(database.read_here(current_answer_keys, clock.now)) == 1
    assert signer.public_key.kid != first
    assert await keeper.findings() == []
