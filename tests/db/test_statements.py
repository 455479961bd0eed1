"""An event of a long subscription takes as few statements as one of a short subscription."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from db.applying import NewFacts, apply_event
from db.engine import Database
from db.sales import save_sale
from domain.facts import SubscriptionState
from tests.db.rows import NOON, license_of, mint, minted, sale_of, store_event

KIND = "subscription_updated"
LATER = NOON + timedelta(days=100)


def charge(database: Database, number: int) -> None:
    sale = replace(sale_of(f"order-{number}", "sub"), sold_at=NOON + timedelta(days=number))
    happened = database.write_here(store_event, sale.order_id, "recurring_charge")
    sale_id = database.write_here(save_sale, happened, sale, NOON)
    database.write_here(minted, sale, license_of(sale_id, event_id=happened), LATER)


def statements_of_state(database: Database, day: int, *, renews: bool) -> int:
    told = database.write_here(store_event, None, KIND)
    fact = SubscriptionState("sub", NOON + timedelta(days=day), renews=renews)
    new = NewFacts(told, KIND, "gumroad", (fact,))
    seen: list[object] = []

    def count(*executed: object) -> None:
        seen.append(executed[2])

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        assert database.write_here(apply_event, new, LATER).outcome == "applied"
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    return len(seen)


def test_cancellation_takes_no_statement_more_for_each_charge(database: Database) -> None:
    database.write_here(mint, sale_of("order-0", "sub"))
    short = statements_of_state(database, 1, renews=False)
    statements_of_state(database, 2, renews=True)
    for number in range(1, 6):
        charge(database, number)
    assert statements_of_state(database, 3, renews=False) == short
