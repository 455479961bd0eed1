"""No error shows a value of a row, in any of its texts."""

import traceback
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.engine import Database, database_url, open_engine
from db.tables import DeliveryRow, LicenseRow
from domain.errors import DatabaseAwayError
from tests.db.rows import BUYER, KEY, mint, sale_of

VALUES = (BUYER, KEY, "Ada Buyer", "order-1")


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        yield from chain_of(getattr(error, "orig", None))
        error = error.__cause__ or error.__context__


def all_words(error: BaseException) -> str:
    words = [f"{each} {each!r} {each.args}" for each in chain_of(error)]
    return "\n".join([*words, *traceback.format_exception(error)])


def copied(session: Session, **changed: object) -> None:
    """Insert the license again, with other values in some columns."""
    row = session.scalars(select(LicenseRow)).one()
    values = {column.key: getattr(row, column.key) for column in LicenseRow.__table__.columns}
    session.execute(insert(LicenseRow).values(values | {"id": 1000} | changed))


def same_license(session: Session) -> None:
    copied(session)


def license_without_a_tier(session: Session) -> None:
    copied(session, tier=None)


def license_of_no_sale(session: Session) -> None:
    copied(session, key="OTHER", order_id="other", sale_id=12345)


def delivery_of_no_license(session: Session) -> None:
    session.execute(insert(DeliveryRow).values(to=BUYER, reason="sale", license_id=12345))


@pytest.mark.parametrize(
    "query", [same_license, license_without_a_tier, license_of_no_sale, delivery_of_no_license]
)
def test_refused_row_is_not_quoted(database: Database, query: Callable[[Session], None]) -> None:
    database.write_here(mint, sale_of())
    with pytest.raises(DBAPIError) as caught:
        database.write_here(query)
    words = all_words(caught.value)
    assert [value for value in VALUES if value in words] == []
    assert "INSERT INTO" in words


# SQLite stores any text in a number column.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_value_that_cannot_be_read_is_not_quoted(database: Database) -> None:
    query = text("SELECT CAST(:value AS INTEGER)")
    with pytest.raises(DBAPIError) as caught:
        database.write_here(lambda session: session.execute(query, {"value": BUYER}))
    assert BUYER not in all_words(caught.value)


def test_refused_row_names_its_constraint(database: Database) -> None:
    database.write_here(mint, sale_of())
    with pytest.raises(DBAPIError) as caught:
        database.write_here(same_license)
    assert "licenses" in str(caught.value.orig)


async def test_server_that_is_away_is_told_without_its_address_and_password() -> None:
    database = Database(open_engine(database_url("postgres://hidden-user:hunter2@127.0.0.1:1/d")))
    with pytest.raises(DatabaseAwayError) as caught:
        await database.write(lambda session: session.execute(text("SELECT 1")))
    database.dispose()
    assert "OperationalError" in caught.value.sentence
    words = "".join(traceback.format_exception(caught.value))
    for hidden in ("hunter2", "hidden-user", "127.0.0.1"):
        assert hidden not in words
