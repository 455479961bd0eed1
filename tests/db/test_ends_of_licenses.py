"""A license ends with its last day, even if its row holds the second of a payment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Database
from db.licenses import LicenseWithDelivery, find_minted
from db.sales import save_sale
from db.tables import DeliveryRow
from db.views.licenses import find_license
from db.views.lists import Filters, list_licenses
from domain.license import Term
from tests.db.rows import (
    BUYER,
    KEY,
    NOON,
    license_of,
    mint,
    minted,
    sale_of,
    store_end,
    store_event,
)

LAST_DAY = datetime(2027, 12, 1, 23, 59, 59, tzinfo=UTC)
STORED = [
    "2027-12-01 00:00:00",
    "2027-12-01 00:00:05",
    "2027-12-01 12:00:05.250000",
    "2027-12-01 23:59:59",
    "2027-12-01 23:59:59.999999",
]


def charge(session: Session, paid_at: datetime, order_id: str) -> LicenseWithDelivery:
    sale = replace(sale_of(order_id, "subscription-1"), sold_at=paid_at)
    sale_id = save_sale(session, store_event(session, order_id), sale, NOON)
    new = license_of(sale_id, order_id, Term(12).end(paid_at))
    return minted(session, sale, new)


@pytest.mark.parametrize("stored", STORED)
def test_every_reader_sees_the_end_of_the_last_day(database: Database, stored: str) -> None:
    sale = sale_of()
    database.write_here(mint, sale)
    database.write_here(store_end, stored)

    minted = database.read_here(find_minted, sale)
    (listed,) = database.read_here(list_licenses, Filters())
    found = database.read_here(find_license, KEY)

    assert minted is not None
    assert found is not None
    assert minted.license.expires_at == listed.expires_at == found.expires_at == LAST_DAY


@pytest.mark.parametrize("stored", STORED)
def test_a_charge_moves_an_older_end_by_a_day_or_not_at_all(
    database: Database, stored: str
) -> None:
    database.write_here(mint, sale_of("order-1", "subscription-1"))
    database.write_here(store_end, stored)
    paid = LAST_DAY - timedelta(days=365)

    for order_id, paid_at in (("late", paid - timedelta(days=30)), ("same", paid)):
        assert database.write_here(charge, paid_at, order_id).delivery_id is None
    moved = database.write_here(charge, paid + timedelta(seconds=1), "next day")
    repeated = database.write_here(charge, paid + timedelta(seconds=1), "next day")

    assert moved.delivery_id == repeated.delivery_id is not None
    assert moved.license.expires_at == LAST_DAY + timedelta(days=1)
    owed = database.read_here(lambda session: list(session.scalars(select(DeliveryRow.reason))))
    assert sorted(owed) == ["charge:next day", "sale"]


def test_an_end_that_is_absent_stays_absent(database: Database) -> None:
    database.write_here(mint, sale_of())

    (listed,) = database.read_here(list_licenses, Filters())
    assert (listed.expires_at, listed.email) == (None, BUYER)
