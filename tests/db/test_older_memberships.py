"""Licenses of an older version, which kept no decision, no renewal and no grace."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.applying import Applied, NewFacts, apply_event
from db.engine import Database
from db.sales import save_sale
from db.views.lists import Filters, LicenseLine, list_licenses
from domain.facts import Fact, Refund, SubscriptionState
from domain.license import end_of_day
from tests.db.rows import NOON, license_of, mint, minted, sale_of, store_end, store_event

SECOND = NOON + timedelta(days=30)
PAID_UNTIL = datetime.fromisoformat("2026-10-31T23:59:59Z")


def membership(session: Session) -> None:
    """Write a membership with two charges, as an older version left it."""
    mint(session, sale_of("order-1", "sub"))
    charge = replace(sale_of("charge-2", "sub"), sold_at=SECOND)
    event_id = store_event(session, charge.order_id, "recurring_charge")
    sale_id = save_sale(session, event_id, charge, SECOND)
    minted(session, charge, license_of(sale_id, event_id=event_id), SECOND)
    store_end(session, "2026-10-31 23:59:59")
    session.execute(text("UPDATE licenses SET renews = NULL, grace_until = NULL"))


def tell(session: Session, fact: Fact) -> Applied:
    event_id = store_event(session, None, "refund")
    return apply_event(session, NewFacts(event_id, "refund", "gumroad", (fact,)), SECOND)


def the_license(database: Database) -> LicenseLine:
    (found,) = database.read_here(list_licenses, Filters(now=SECOND))
    return found


def test_refund_of_the_newest_charge_takes_its_period_back(database: Database) -> None:
    database.write_here(membership)
    database.write_here(tell, Refund("charge-2", SECOND, whole=True))
    license_ = the_license(database)
    assert (license_.status, license_.expires_at) == ("active", end_of_day(SECOND))


def test_refund_of_an_earlier_charge_leaves_the_end(database: Database) -> None:
    database.write_here(membership)
    database.write_here(tell, Refund("order-1", SECOND, whole=True))
    assert the_license(database).expires_at == PAID_UNTIL


def test_first_cancellation_is_told_as_a_change(database: Database) -> None:
    database.write_here(membership)
    canceled = database.write_here(tell, SubscriptionState("sub", SECOND, renews=False))
    number = the_license(database).id
    assert canceled.told == (f"license {number} goes on until 2026-10-31 and does not renew",)


def test_second_fact_finds_the_terms_that_the_first_found(database: Database) -> None:
    database.write_here(membership)
    for order_id in ("charge-2", "order-1"):
        database.write_here(tell, Refund(order_id, SECOND, whole=True))
    assert the_license(database).status == "revoked"
    database.write_here(tell, replace(Refund("charge-2", SECOND, whole=True), state="reversed"))
    license_ = the_license(database)
    assert (license_.status, license_.expires_at) == ("active", PAID_UNTIL)
