"""Mails of a license that is taken back and restored, and charges that count for nothing."""

import pytest
from sqlalchemy.orm import Session

from db.applying import NewFacts, apply_event
from db.engine import Database
from db.licenses import LicenseWithDelivery
from db.sales import save_sale
from db.views.lists import DeliveryLine, Filters, list_deliveries
from domain.event import EventKind, IgnoredReason
from domain.facts import Act, Dispute, Fact, Refund
from tests.db.rows import NOON, license_of, mint, minted, sale_of, store_event

BY_HAND = Act("order-1", NOON, EventKind.REVOKE, by="ada")


def tell(session: Session, fact: Fact, order_id: str = "order-1") -> int:
    event_id = store_event(session, order_id, "dispute")
    apply_event(session, NewFacts(event_id, "dispute", "gumroad", (fact,)), NOON)
    return event_id


def mails(database: Database) -> list[DeliveryLine]:
    return database.read_here(list_deliveries, Filters())[::-1]


def charged(session: Session) -> LicenseWithDelivery:
    sale = sale_of("charge-2", "sub")
    event_id = store_event(session, sale.order_id, "recurring_charge")
    sale_id = save_sale(session, event_id, sale, NOON)
    return minted(session, sale, license_of(sale_id, event_id=event_id))


def test_waiting_mail_of_a_license_that_is_taken_back_is_withdrawn(database: Database) -> None:
    database.write_here(mint, sale_of())
    database.write_here(tell, Refund("order-1", NOON, whole=True))
    (mail,) = mails(database)
    assert (mail.reason, mail.status, mail.superseded_by) == ("sale", "withdrawn", None)


def test_mail_of_a_restoration_replaces_the_withdrawn_one(database: Database) -> None:
    database.write_here(mint, sale_of())
    database.write_here(tell, Dispute("order-1", NOON, "open"))
    won = database.write_here(tell, Dispute("order-1", NOON, "won"))
    withdrawn, owed = mails(database)
    assert (withdrawn.status, withdrawn.superseded_by) == ("withdrawn", owed.id)
    assert (owed.reason, owed.status) == (f"event:{won}", "pending")


@pytest.mark.parametrize(
    ("fact", "refused"),
    [
        (Refund("charge-2", NOON, whole=True), IgnoredReason.REFUNDED),
        (Dispute("charge-2", NOON, "open"), IgnoredReason.DISPUTED),
        (BY_HAND, None),
    ],
)
def test_charge_that_went_back_counts_for_nothing(
    database: Database, fact: Refund | Dispute | Act, refused: IgnoredReason | None
) -> None:
    database.write_here(mint, sale_of("order-1", "sub"))
    database.write_here(tell, fact, fact.order_id)
    charge = database.write_here(charged)
    assert (charge.renewed, charge.refused, charge.delivery_id) == (True, refused, None)
