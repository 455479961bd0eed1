"""Migration 0011 gives the licenses of a database in use room for lines, and loses no value."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import IntegrityError

from db.engine import Database
from db.licenses import find_minted
from db.migrated import check_migrated
from db.migrating import migrate
from db.sales import load_sale
from tests.db.migrated import at_revision
from tests.db.rows import license_of, minted
from tests.db.test_migrations import Rows

MARCH = datetime(2027, 3, 1, 23, 59, 59, tzinfo=UTC)
OPEN, MINTED = 3, 2
LICENSE = {
    "sale_id": 1,
    "source": "gumroad",
    "subscription_id": "sub",
    "status": "active",
    "token": "kept",
}


@pytest.fixture
def engine(database_url: URL) -> Iterator[Engine]:
    """Open a database at 0009, in which a charge counted and a next one is not minted yet."""
    engine = at_revision(database_url, "0009")
    with engine.begin() as connection:
        rows = Rows(connection)
        for number in (1, MINTED, OPEN):
            order = {"source": "gumroad", "order_id": f"order-{number}", "subscription_id": "sub"}
            at = MARCH - timedelta(days=100 - number)
            event = {"source": "gumroad", "order_id": f"order-{number}", "kind": "sale"}
            event |= {"origin": "webhook"}
            done = number != OPEN
            outcome = "renewed" if done else None
            rows.insert("events", id=number, outcome=outcome, **event)
            rows.insert(
                "sales",
                id=number,
                event_id=number,
                line="1",
                sold_at=at,
                charge=number > 1,
                minted_at=at if done else None,
                product_aliases=[],
                variants=[],
                paid_until=MARCH if number == OPEN else None,
                **order,
            )
        end = MARCH - timedelta(days=30)
        rows.insert("licenses", id=1, order_id="order-1", line="1", expires_at=end, **LICENSE)
        rows.insert("deliveries", id=100, license_id=1, reason="sale", status="accepted")
        rows.insert("devices", id=1, license_id=1, device_hash="d")
    yield engine
    engine.dispose()


def test_every_value_stays(engine: Engine) -> None:
    columns = text("SELECT * FROM licenses")
    with engine.connect() as connection:
        before = dict(connection.execute(columns).mappings().one())
    migrate(engine)
    check_migrated(engine)
    with engine.connect() as connection:
        after = dict(connection.execute(columns).mappings().one())
    assert after == {**before, "subscription_line": "", "erased_at": None}


def test_charge_that_was_under_way_counts_for_the_license(engine: Engine) -> None:
    migrate(engine)
    database = Database(engine)
    sale = database.read_here(load_sale, OPEN)
    done = database.write_here(minted, sale, license_of(OPEN))
    assert (done.renewed, done.license.id, done.license.expires_at) == (True, 1, MARCH)
    earlier = database.read_here(load_sale, MINTED)
    found = database.read_here(find_minted, earlier)
    assert found is not None
    assert found.license.id == 1


def test_subscription_may_have_one_license_a_line(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        Rows(connection).insert("licenses", id=2, subscription_line="price", **LICENSE)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        Rows(connection).insert("licenses", id=3, subscription_line="price", **LICENSE)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM licenses")).scalar_one() == 2


def test_other_tables_still_refer_to_the_licenses(engine: Engine) -> None:
    migrate(engine)
    for table in ("deliveries", "devices"):
        change = text(f"UPDATE {table} SET license_id = 99")  # noqa: S608 - our own words
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(change)
