"""Unique constraints: of many concurrent writers, one makes the row and all find it."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.engine import Database
from db.events import NewEvent, insert_event
from db.requests import store_request
from db.sales import save_sale
from db.signing_keys import KnownKey, known_keys, remember_key
from db.tables import DeliveryRow, EventRow, LicenseRow, RequestRow, SaleRow, SigningKeyRow, Table
from domain.event import Origin
from tests.db.concurrently import at_once
from tests.db.rows import NOON, license_of, mint, minted, new_request, sale_of, store_event

MANY = 8


def rows_of(database: Database, model: type[Table]) -> int:
    def count(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(model)) or 0

    return database.read_here(count)


def test_one_request_stored_at_once_is_one_row(database: Database) -> None:
    new = new_request()
    ids = at_once(MANY, lambda _: database.write_here(store_request, new))
    assert len(set(ids)) == rows_of(database, EventRow) == rows_of(database, RequestRow) == 1


def test_events_with_one_key_at_once_are_one_row_with_one_request(database: Database) -> None:
    """A storefront sends an event again as a new request."""
    sent = [replace(new_request(), event_key="evt_1") for _ in range(MANY)]
    ids = at_once(MANY, lambda number: database.write_here(store_request, sent[number]))
    assert len(set(ids)) == rows_of(database, EventRow) == rows_of(database, RequestRow) == 1


def test_events_without_a_key_and_keys_of_two_sources_share_nothing(database: Database) -> None:
    sources = [
        replace(new_request(source=source), event_key="evt_1") for source in ("one", "other")
    ]
    for new in (new_request(), new_request(), *sources):
        database.write_here(store_request, new)
    assert rows_of(database, EventRow) == 4


def test_one_request_id_never_brings_two_events(database: Database) -> None:
    def bring_another(session: Session) -> None:
        request = session.scalars(select(RequestRow)).one()
        values = {each.key: getattr(request, each.key) for each in RequestRow.__table__.columns}
        other = insert_event(
            session, NewEvent("gumroad", Origin.LIST, "sale", None, None, None, NOON)
        )
        session.add(RequestRow(**values | {"event_id": other}))

    database.write_here(store_event)
    with pytest.raises(IntegrityError, match="request_id"):
        database.write_here(bring_another)


def test_one_order_line_parsed_at_once_is_one_sale(database: Database) -> None:
    event = database.write_here(store_event)
    ids = at_once(MANY, lambda _: database.write_here(save_sale, event, sale_of(), NOON))
    assert len(set(ids)) == rows_of(database, SaleRow) == 1


def test_one_order_line_minted_at_once_is_one_license_with_one_delivery(database: Database) -> None:
    sale_id = database.write_here(save_sale, database.write_here(store_event), sale_of(), NOON)
    done = at_once(
        MANY,
        lambda number: database.write_here(
            minted, sale_of(), license_of(sale_id, f"KEY-{number}"), NOON
        ),
    )
    assert len({(each.license.key, each.delivery_id) for each in done}) == 1
    assert rows_of(database, LicenseRow) == rows_of(database, DeliveryRow) == 1


def test_charges_of_one_subscription_at_once_share_one_license(database: Database) -> None:
    charges = [sale_of(f"charge-{number}", "subscription-1") for number in range(MANY)]
    done = at_once(MANY, lambda number: database.write_here(mint, charges[number], f"KEY-{number}"))
    assert len({each.license.key for each in done}) == 1
    assert rows_of(database, LicenseRow) == rows_of(database, DeliveryRow) == 1


def test_sales_without_a_subscription_share_nothing(database: Database) -> None:
    for number in range(2):
        database.write_here(mint, sale_of(f"order-{number}"), f"KEY-{number}")
    assert rows_of(database, LicenseRow) == 2


def test_one_signing_key_remembered_at_once_is_one_row(database: Database) -> None:
    key = KnownKey("kid", "x")
    at_once(MANY, lambda _: database.write_here(remember_key, key, NOON))
    assert database.read_here(known_keys) == [key]


@pytest.mark.parametrize("model", [EventRow, SaleRow, LicenseRow, DeliveryRow, SigningKeyRow])
def test_every_identity_is_unique_in_the_database(database: Database, model: type[Table]) -> None:
    def copy_row(session: Session) -> None:
        row = session.scalars(select(model)).one()
        values = {column.key: getattr(row, column.key) for column in model.__table__.columns}
        # Only the id is new, so that the other unique columns still clash.
        session.add(model(**values | ({"id": 1000} if "id" in values else {})))
        session.expunge(row)

    database.write_here(mint, sale_of())
    database.write_here(lambda session: session.execute(update(EventRow).values(event_key="key")))
    database.write_here(remember_key, KnownKey("kid", "x"), NOON)
    with pytest.raises(IntegrityError):
        database.write_here(copy_row)


def test_two_licenses_never_have_one_key(database: Database) -> None:
    database.write_here(mint, sale_of("order-1"), "KEY")

    def other_order(session: Session) -> None:
        (row,) = session.scalars(select(LicenseRow))
        columns = {column.key: getattr(row, column.key) for column in LicenseRow.__table__.columns}
        session.add(LicenseRow(**columns | {"id": 1000, "order_id": f"order-{uuid4()}"}))

    with pytest.raises(IntegrityError):
        database.write_here(other_order)
