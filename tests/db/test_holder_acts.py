"""A corrected address is an act of the seller, which the order's events tell without it."""

from db.corrections import AWAITED, GIVEN
from db.engine import Database
from db.resends import ask_resends
from db.sales import save_sale
from db.views.history import events_about, list_changes
from db.views.lists import EventLine, Filters, list_events, list_sales
from tests.db.correcting import corrected, owed, said
from tests.db.rows import NOON, license_of, mint, minted, sale_of, store_event


def acts(database: Database) -> list[EventLine]:
    return database.read_here(list_events, Filters(source="operator"))


def test_correction_is_a_closed_act_of_its_order(database: Database) -> None:
    owed(database)
    corrected(database)
    (act,) = acts(database)
    assert (act.kind, act.order_id) == ("holder", "order-1")
    assert (act.outcome, act.note, act.workflow_id) == ("applied", GIVEN, None)
    assert act.id in database.read_here(events_about, "gumroad", "order-1")


def test_correction_changes_no_term_of_the_license(database: Database) -> None:
    owed(database)
    before = database.read_here(list_changes, "gumroad", "order-1")
    corrected(database)
    assert database.read_here(list_changes, "gumroad", "order-1") == before


def test_correction_by_a_later_charge_is_an_act_on_the_licenses_own_order(
    database: Database,
) -> None:
    database.write_here(mint, sale_of("order-1", "sub"))
    charge = sale_of("charge", "sub")
    event = database.write_here(store_event, "charge", "recurring_charge")
    sale_id = database.write_here(save_sale, event, charge, NOON)
    database.write_here(minted, charge, license_of(sale_id, "KEY-2", event_id=event))
    corrected(database, order_id="charge")
    (act,) = acts(database)
    assert act.order_id == "order-1"


def test_correction_before_the_license_is_noted_and_leaves_the_sale_as_it_is(
    database: Database,
) -> None:
    event = database.write_here(store_event)
    database.write_here(save_sale, event, sale_of(), NOON)
    database.write_here(ask_resends, said(), NOON)
    (act,) = acts(database)
    assert (act.outcome, act.note) == ("noted:no_license", AWAITED)
    (sale,) = database.read_here(list_sales, Filters())
    assert sale.status == "open"


def test_resend_to_the_same_holder_is_no_act(database: Database) -> None:
    owed(database)
    database.write_here(ask_resends, said(None), NOON)
    assert acts(database) == []
