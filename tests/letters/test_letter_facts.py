"""Facts that a letter reads from the database: who gave the license, why, and further keys."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from sqlalchemy.orm import Session

from db.applying import NewFacts, apply_event
from db.engine import Database
from db.further_keys import add_further_key
from db.owed_emails import OwedLicense, load_owed_email
from db.sales import save_sale
from domain.event import EventKind
from domain.facts import Refund
from domain.granting import Granting
from domain.sale import Product
from domain.wanted import Wanted
from letters.composing import Letters
from mailers.base import Mark
from operations.giving import Wish, give
from tests.db.rows import NOON, license_of, mint, minted, sale_of, store_event

LUMEN = "fEv7TDvUDEKb-yaNdbudow=="
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def only_delivery(session: Session, number: int = 1) -> OwedLicense:
    return load_owed_email(session, number).licenses[0]


def test_a_given_license_has_the_activation_of_its_product(
    database: Database, letters: Letters
) -> None:
    granting = Granting(letters.products.current(), "gumroad", "op", None, mail=True, now=NOON)
    wanted = Wanted("press@example.org", "Press", Product(LUMEN, "Lumen"), key="OLD-1")
    database.write_here(lambda session: give(session, Wish(wanted, "press-1"), granting))

    owed = database.read_here(load_owed_email, 1)
    mail = letters.compose(owed, Mark(owed.delivery_id, "0f"))

    assert "https://lumenapp.example/activate" in mail.text
    assert "Thank you" not in mail.text
    assert "operator:" not in mail.text
    assert "The key that you had before opens this license, too." in mail.text


def test_a_shop_s_own_key_is_the_key_on_the_receipt(database: Database) -> None:
    def sell(session: Session) -> None:
        sale = replace(sale_of(), shop_key="85DB562A-C11D4B06")
        sale_id = save_sale(session, store_event(session), sale, NOON)
        minted(session, sale, replace(license_of(sale_id), shop_key=True))

    database.write_here(sell)
    owed = database.read_here(only_delivery)

    assert (owed.facts.receipt_key, owed.facts.earlier_key) == (True, False)
    database.write_here(add_further_key, owed.license.id, None, "OLD-1", NOON)
    owed = database.read_here(only_delivery)
    assert (owed.facts.receipt_key, owed.facts.earlier_key) == (True, True)


def test_a_refund_that_came_back_owes_the_letter_of_a_restoration(database: Database) -> None:
    def refund(
        session: Session, kind: EventKind, state: Literal["made", "reversed"]
    ) -> tuple[int, ...]:
        event_id = store_event(session, "order-1", kind)
        fact = Refund("order-1", NOON, whole=True, refund_id="re-1", state=state)
        told = NewFacts(event_id, kind, "gumroad", (fact,))
        return apply_event(session, told, NOON + timedelta(hours=1)).delivery_ids

    database.write_here(mint, sale_of())
    assert database.write_here(refund, EventKind.REFUND, "made") == ()
    (delivery_id,) = database.write_here(refund, EventKind.REFUND_REVERSED, "reversed")

    owed = database.read_here(only_delivery, delivery_id)
    assert (owed.changed, owed.facts.restored, owed.facts.given) == (True, True, False)
