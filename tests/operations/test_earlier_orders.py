"""A made-up event belongs to the order that a person names, or to the newest that it may follow."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from db.engine import Database
from db.facts import keep_facts
from db.sales import save_sale
from db.tables import LicenseRow, RequestRow
from domain.facts import SubscriptionState
from domain.sale import Product, Sale
from kit.refusals import RefusedError
from operations.earlier_orders import Wanted, the_earlier_order
from storefronts.sample_events import SampleEvent
from tests.db.rows import NOON, mint, sale_of, store_event

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sell(database: Database, *sales: Sale) -> None:
    for sale in sales:
        database.write_here(mint, replace(sale, test=True), key=f"KEY-{sale.order_id}")


def found(
    database: Database, event: SampleEvent, order: str | None = None, *, live: bool = False
) -> str:
    wanted = Wanted(event, "gumroad", order, live)
    return database.read_here(the_earlier_order, wanted).sale.order_id


def test_the_newest_test_sale_is_meant_unless_it_is_named(database: Database) -> None:
    sell(database, sale_of("first"), sale_of("member", "membership"), sale_of("last"))
    assert found(database, SampleEvent.REFUND) == "last"
    assert found(database, SampleEvent.REFUND, "first") == "first"
    assert found(database, SampleEvent.CANCELLATION) == "member"


def test_a_real_sale_is_meant_only_by_name_or_for_a_real_event(database: Database) -> None:
    database.write_here(mint, sale_of("real"))
    with pytest.raises(RefusedError, match="there is no test sale that refund could follow"):
        found(database, SampleEvent.REFUND)
    assert found(database, SampleEvent.REFUND, "real") == "real"
    assert found(database, SampleEvent.REFUND, live=True) == "real"


def test_the_sale_of_a_test_event_is_never_meant(database: Database) -> None:
    event_id = database.write_here(store_event, "the order of a real customer", "test_ping")
    test = replace(sale_of(f"test-{event_id}"), test=True)
    database.write_here(save_sale, event_id, test, NOON)
    with pytest.raises(RefusedError, match="there is no test sale"):
        found(database, SampleEvent.REFUND)


def test_a_license_that_was_taken_back_is_meant_by_its_return(database: Database) -> None:
    sell(database, sale_of("disputed"), sale_of("good"))
    taken = update(LicenseRow).where(LicenseRow.order_id == "disputed").values(reason="disputed")
    database.write_here(lambda session: session.execute(taken).close())
    assert found(database, SampleEvent.DISPUTE_WON) == "disputed"
    assert found(database, SampleEvent.DISPUTE) == "good"


def test_the_orders_of_a_membership_come_with_it(database: Database) -> None:
    sell(database, sale_of("first", "membership"), sale_of("charge", "membership"))
    wanted = Wanted(SampleEvent.ENDED, "gumroad", "charge", live=False)
    earlier = database.read_here(the_earlier_order, wanted)
    assert [order_id for order_id, _ in earlier.paid] == ["first", "charge"]
    assert (earlier.content_type, earlier.body) == ("text/plain", b"\x00\xff")


def test_the_plan_is_that_of_the_last_change(database: Database) -> None:
    sell(database, sale_of("first", "membership"))
    for seats, tier in ((3, None), (None, "Team")):
        event_id = database.write_here(store_event, None, "subscription_updated")
        product = None if tier is None else Product("product-1", "L", variants=(("Tier", tier),))
        state = SubscriptionState("membership", NOON, seats=seats, product=product)
        database.write_here(keep_facts, event_id, "gumroad", [state])
    wanted = Wanted(SampleEvent.RENEWAL, "gumroad", None, live=False)
    earlier = database.read_here(the_earlier_order, wanted)
    assert earlier.variants == (("Edition", "Pro"), ("Tier", "Team"))
    assert (earlier.quantity, earlier.sale.quantity) == (3, 2)


@pytest.mark.parametrize(
    ("event", "order", "sentence"),
    [
        ("refund", "nobody", "no sale is gumroad:nobody: `mintpost sales` lists them"),
        ("ended", "once", "gumroad:once is no membership, and ended belongs to one"),
        ("ended", None, "with `mintpost trigger membership`"),
        ("refund", "cut", "gumroad:cut has no whole request of its own"),
    ],
)
def test_an_order_that_cannot_be_meant_is_a_sentence(
    database: Database, event: str, order: str | None, sentence: str
) -> None:
    sell(database, sale_of("cut"))
    cut = update(RequestRow).values(body_bytes=100_000)
    database.write_here(lambda session: session.execute(cut).close())
    sell(database, sale_of("once"))
    with pytest.raises(RefusedError) as refused:
        found(database, SampleEvent(event), order)
    assert sentence in str(refused.value)
