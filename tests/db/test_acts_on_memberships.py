"""An act on one order of a membership concerns its license, whichever payment comes first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.acting import NewAct, record_act
from db.applying import NewFacts, apply_event
from db.engine import Database
from db.minting import mint_license
from db.orders import close_row
from db.sales import save_sale
from db.tables import EventRow, LicenseRow
from domain.event import EventKind, ignored
from domain.facts import Act
from domain.sale import Sale
from tests.db.rows import NOON, license_of, sale_of, store_event

FIRST = replace(sale_of("order-1"), subscription_id="membership")
CHARGE = replace(
    sale_of("order-2"), subscription_id="membership", charge=True, sold_at=NOON + timedelta(days=9)
)
REVOKED = Act("order-1", NOON, EventKind.REVOKE, by="ada")
RESTORED = replace(REVOKED, act=EventKind.RESTORE, at=NOON + timedelta(hours=1))
LATER = NOON + timedelta(days=10)


def minted(database: Database, sale: Sale) -> str:
    """Mint the sale, and settle its event if the mint refuses it."""
    event_id = database.write_here(store_event, sale.order_id)
    sale_id = database.write_here(save_sale, event_id, sale, NOON)
    new = license_of(sale_id, event_id=event_id)
    result = database.write_here(mint_license, sale, new, LATER)
    if isinstance(result, str):
        database.write_here(close_row, event_id, ignored(result), LATER)
        return result
    return result.license.status


def act(database: Database, done: Act) -> None:
    event = database.write_here(record_act, NewAct("gumroad", done), LATER)
    assert event is not None
    database.write_here(apply_event, NewFacts(event, done.act, "gumroad", (done,)), LATER)


def statuses(session: Session) -> list[str]:
    return [*session.scalars(select(LicenseRow.status))]


def open_orders(session: Session) -> list[str | None]:
    which = select(EventRow.order_id).where(
        EventRow.source == "gumroad", EventRow.outcome.is_(None)
    )
    return [*session.scalars(which.order_by(EventRow.id))]


@pytest.mark.parametrize("sales", [(FIRST, CHARGE), (CHARGE, FIRST)], ids=["in order", "reversed"])
def test_a_membership_revoked_before_its_sales_gets_no_license_that_is_good(
    database: Database, sales: tuple[Sale, Sale]
) -> None:
    act(database, REVOKED)
    for sale in sales:
        minted(database, sale)
    assert "active" not in database.read_here(statuses)


def test_a_restoration_runs_every_refused_payment_of_the_membership_again(
    database: Database,
) -> None:
    act(database, REVOKED)
    assert [minted(database, FIRST), minted(database, CHARGE)] == ["by_hand", "by_hand"]
    act(database, RESTORED)
    assert database.read_here(open_orders) == ["order-1", "order-2"]
