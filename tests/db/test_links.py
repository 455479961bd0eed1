"""Links: a subscription belongs to an order, before or after its sale and its license."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from db.engine import Database
from db.inserting import the_one
from db.sales import load_sale, save_order
from db.tables import LicenseRow
from tests.db.lines import (
    CANCELED,
    DAY,
    LINK,
    MARCH,
    WAITS,
    A,
    B,
    applied,
    end_of,
    licenses,
    line_of,
    mint_order,
)
from tests.db.rows import NOON, decision, license_of, minted, sale_of, store_event


@pytest.mark.parametrize("order", ["before the sale", "before the mint", "after the mint"])
def test_link_sets_the_subscription_whenever_it_comes(database: Database, order: str) -> None:
    def play(session: Session) -> int:
        link = replace(LINK, paid_until=MARCH)
        if order == "before the sale":
            applied(session, link, kind="subscription_linked")
        event_id = store_event(session, "order-1")
        (sale_id,) = save_order(session, event_id, [sale_of()], NOON)
        if order == "before the mint":
            applied(session, link, kind="subscription_linked")
        terms = replace(decision(), months=12)
        new = replace(license_of(sale_id, event_id=event_id), decision=terms)
        minted(session, sale_of(), new)
        if order == "after the mint":
            applied(session, link, kind="subscription_linked")
        return sale_id

    sale_id = database.write_here(play)
    assert database.read_here(load_sale, sale_id).subscription_id == "sub"
    (license_,) = licenses(database).values()
    assert (license_.renews, license_.expires_at) == (True, end_of(MARCH))
    row = database.read_here(the_one, LicenseRow)
    assert (row.subscription_id, row.subscription_line) == ("sub", "")
    canceled = database.write_here(applied, CANCELED, kind="cancellation")
    assert canceled.outcome == "applied"
    assert licenses(database)["1"].renews is False


def test_facts_of_a_subscription_count_once_it_is_linked(database: Database) -> None:
    database.write_here(mint_order, sale_of())
    assert database.write_here(applied, CANCELED, kind="cancellation").outcome == WAITS
    assert licenses(database)["1"].renews is None
    linked = database.write_here(applied, LINK, kind="subscription_linked")
    assert (linked.outcome, licenses(database)["1"].renews) == ("applied", False)
    again = database.write_here(applied, LINK, kind="subscription_linked")
    assert again.outcome == "noted:no_change"


def test_link_to_a_line_leaves_the_others_alone(database: Database) -> None:
    sales = replace(sale_of(), line="1"), replace(sale_of(), line="2")
    database.write_here(mint_order, *sales)
    database.write_here(applied, replace(LINK, line="2"), kind="subscription_linked")
    other = replace(LINK, subscription_id="other", line="1")
    database.write_here(applied, other, kind="subscription_linked")
    database.write_here(applied, CANCELED, kind="cancellation")
    assert {line: each.renews for line, each in licenses(database).items()} == {
        "1": True,
        "2": False,
    }


def test_link_without_a_line_is_about_every_named_line(database: Database) -> None:
    database.write_here(
        mint_order,
        line_of("1", A, subscription_id=None),
        line_of("2", B, subscription_id=None),
        line_of("3", "", subscription_id=None),
    )
    database.write_here(applied, LINK, kind="subscription_linked")
    database.write_here(applied, CANCELED, kind="cancellation")
    assert {line: each.renews for line, each in licenses(database).items()} == {
        "1": False,
        "2": False,
        "3": None,
    }


@pytest.mark.parametrize("later_first", [False, True])
def test_two_links_of_one_line_come_to_one_in_either_order(
    database: Database, *, later_first: bool
) -> None:
    database.write_here(mint_order, sale_of())
    later = replace(LINK, subscription_id="later", at=NOON + DAY)
    for link in (later, LINK) if later_first else (LINK, later):
        database.write_here(applied, link, kind="subscription_linked")
    assert database.read_here(the_one, LicenseRow).subscription_id == "sub"
