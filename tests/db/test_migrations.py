"""A migration keeps the rows of a database in use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Connection, Engine, MetaData, insert, text

from db.migrating import migrate
from db.tables import CorrectionRow
from tests.db.migrated import at_revision

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def first_engine(database_url: URL) -> Iterator[Engine]:
    """Open a database at migration 0001."""
    engine = at_revision(database_url, "0001")
    yield engine
    engine.dispose()


class Rows:
    """Inserts into the tables of any migration, with defaults for unimportant columns."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = MetaData()
        self.tables.reflect(connection)

    def insert(self, table: str, **values: object) -> None:
        fresh = uuid4()
        default = {int: 1, bool: False, datetime: NOON, bytes: b"", dict: [], UUID: fresh}
        columns = self.tables.tables[table].columns
        needed = {column.name: column.type.python_type for column in columns if not column.nullable}
        filled = {name: default.get(kind, fresh.hex) for name, kind in needed.items()}
        self.connection.execute(self.tables.tables[table].insert(), {**filled, **values})

    def order(self, number: int, outcome: str | None, body: bytes = b"") -> None:
        order = {"source": "gumroad", "order_id": f"order-{number}"}
        self.insert("events", id=number, outcome=outcome, body=body, **order)
        self.insert("sales", id=number, event_id=number, **order)


def test_0002_knows_which_sales_were_minted(first_engine: Engine) -> None:
    with first_engine.begin() as connection:
        rows = Rows(connection)
        outcomes = {1: None, 2: None, 3: "renewed", 4: None, 5: "failed", 6: "ignored:refunded"}
        for number, outcome in outcomes.items():
            rows.order(number, outcome)
        rows.insert("licenses", id=1, sale_id=1, source="gumroad", order_id="order-1")
        rows.insert("deliveries", id=1, license_id=1, reason="charge:order-2")
    migrate(first_engine)
    with first_engine.begin() as connection:
        minted = connection.execute(text("SELECT id FROM sales WHERE minted_at IS NOT NULL"))
        assert sorted(minted.scalars()) == [1, 2, 3]


def test_0004_gives_each_license_a_random_token_id_and_keeps_the_one_it_had(
    first_engine: Engine,
) -> None:
    with first_engine.begin() as connection:
        rows = Rows(connection)
        rows.order(1, "fulfilled")
        for number in range(1, 101):
            order = {"sale_id": 1, "order_id": f"order-{number}", "key": f"key-{number}"}
            rows.insert("licenses", id=number, source="gumroad", **order)
    migrate(first_engine)
    with first_engine.begin() as connection:
        query = text("SELECT CAST(id AS VARCHAR(9)), former_token_id, token_id FROM licenses")
        found = connection.execute(query).all()
    assert all(number == former for number, former, _ in found)
    ids = {token_id for *_, token_id in found}
    assert len(ids) == 100
    assert min(len(token_id) for token_id in ids) >= 32  # 128 bits in hex.


def test_0003_takes_over_what_persons_corrected(first_engine: Engine) -> None:
    right, wrong, third = "right@example.com", "wrong@example.com", "third@example.com"
    holders = {1: right, 2: wrong, 3: third, 4: wrong}
    with first_engine.begin() as connection:
        rows = Rows(connection)
        for number, holder in holders.items():
            rows.order(number, "fulfilled")
            license_ = {"source": "gumroad", "order_id": f"order-{number}", "email": holder}
            rows.insert("licenses", id=number, sale_id=number, **license_)
            to = {"license_id": number, "to": wrong if number == 4 else right}
            rows.insert("deliveries", id=number, reason="resend:1", status="accepted", **to)
            rows.insert(
                "deliveries", id=10 + number, reason="sale", status="pending", **to | {"to": wrong}
            )
            said = {"delivery_id": number, "previous_to": wrong, "asked_why": "she wrote"}
            rows.insert("resends", id=number, license_id=number, sale_id=number, number=1, **said)
    migrate(first_engine)
    with first_engine.begin() as connection:
        kept = connection.execute(text('SELECT id, order_id, "to", asked_why FROM corrections'))
        assert sorted(map(tuple, kept)) == [
            (number, f"order-{number}", right, "she wrote") for number in (1, 2, 3)
        ]
        found = connection.execute(text("SELECT id, email, correction_id FROM licenses"))
        # The second license went back to the mistyped address; the third went to a new address.
        assert sorted(map(tuple, found)) == [
            (1, right, 1),
            (2, right, 2),
            (3, third, None),
            (4, wrong, None),
        ]
        waiting = connection.execute(text('SELECT "to" FROM deliveries WHERE id > 10 ORDER BY id'))
        assert list(waiting.scalars()) == [right, right, wrong, wrong]
        order = {"source": "gumroad", "order_id": "order-5", "to": right}
        connection.execute(insert(CorrectionRow).values(**order, asked_by="x", asked_at=NOON))


BODIES = {
    1: b"full_name=Generous%20Gifter&gifter_email=giver%40example.com&price=0",
    2: b'{"full_name": "Generous Gifter", "gifter_email": "giver@example.com"}',
    3: b"full_name=Ada+Buyer&email=ada%40example.com",
    4: b"gifter_email=\xff%FF{",
    5: b"{gifter_email",
    6: b"",
}


def test_0006_knows_who_gave_a_gift(first_engine: Engine) -> None:
    with first_engine.begin() as connection:
        rows = Rows(connection)
        for number, body in BODIES.items():
            rows.order(number, "fulfilled", body=body)
    migrate(first_engine)
    with first_engine.begin() as connection:
        found = connection.execute(text("SELECT id, giver FROM sales WHERE giver IS NOT NULL"))
        givers = {row.id: row.giver for row in found}
    assert givers == dict.fromkeys([1, 2], "Generous Gifter giver@example.com")
