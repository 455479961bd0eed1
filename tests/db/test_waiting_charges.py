"""Payments that wait for another payment, and run again when it has its license."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from db.engine import Database
from db.events import load_event
from db.minting import mint_license
from db.orders import close_row
from db.reopening import leave_waiting
from db.sales import save_order, save_sale
from db.views.lists import Filters, list_deliveries
from domain.facts import Refund
from tests.db.lines import (
    DAY,
    LINK,
    WAITS,
    applied,
    charge_of,
    mint_order,
)
from tests.db.rows import NOON, license_of, minted, sale_of, store_event


def wait(database: Database) -> int:
    """Save a charge without a license, and settle it as one that waits."""

    def waiting(session: Session) -> int:
        event_id = store_event(session, "order-2", "recurring_charge")
        save_sale(session, event_id, charge_of("order-2", "1", ""), NOON)
        assert leave_waiting(session, event_id, WAITS, NOON) == 1
        return event_id

    event_id = database.write_here(waiting)
    assert database.read_here(load_event, event_id).outcome == WAITS
    return event_id


@pytest.mark.parametrize("by_link", [False, True])
def test_waiting_charge_runs_again_when_its_subscription_has_a_license(
    database: Database, *, by_link: bool
) -> None:
    event_id = wait(database)
    if by_link:
        database.write_here(mint_order, sale_of())
        assert database.read_here(load_event, event_id).outcome == WAITS
        database.write_here(applied, LINK, kind="subscription_linked")
    else:
        database.write_here(mint_order, sale_of("order-1", "sub"))
    event = database.read_here(load_event, event_id)
    assert (event.outcome, event.dispatched_at) == (None, None)


def test_charge_does_not_wait_for_a_sale_that_was_minted_since(database: Database) -> None:
    database.write_here(mint_order, sale_of("order-1", "sub"))

    def waiting(session: Session) -> int | None:
        event_id = store_event(session, "order-2", "recurring_charge")
        save_sale(session, event_id, charge_of("order-2", "1", ""), NOON)
        return leave_waiting(session, event_id, WAITS, NOON)

    assert database.write_here(waiting) is None


def test_reversed_refund_lets_the_second_line_be_minted(database: Database) -> None:
    def half(session: Session) -> int:
        event_id = store_event(session, "order-1")
        first = replace(sale_of(), line="1"), replace(sale_of(), line="2")
        ids = save_order(session, event_id, first, NOON)
        minted(session, first[0], license_of(ids[0], event_id=event_id))
        applied(session, Refund("order-1", NOON, whole=True, refund_id="re"))
        refused = mint_license(session, first[1], license_of(ids[1], "K2", event_id=event_id), NOON)
        assert refused == "refunded"
        close_row(session, event_id, "fulfilled", NOON)
        return event_id

    event_id = database.write_here(half)
    back = Refund("order-1", NOON + DAY, whole=True, refund_id="re", state="reversed")
    database.write_here(applied, back, kind="refund_reversed")
    assert database.read_here(load_event, event_id).outcome is None
    (delivery,) = (
        each for each in database.read_here(list_deliveries, Filters()) if each.reason != "sale"
    )
    assert delivery.status == "pending"
