"""A correction before there is a license is kept for the license to come."""

from db.engine import Database
from db.resends import ask_resends
from db.sales import save_sale
from db.views.lists import Filters, list_deliveries, list_licenses
from tests.db.concurrently import at_once
from tests.db.correcting import RIGHT, RIGHTER, holder, line, owed, said
from tests.db.rows import BUYER, NOON, license_of, mint, minted, sale_of, store_event


def test_correction_before_the_license_is_kept_for_it(database: Database) -> None:
    database.write_here(store_event)
    assert database.write_here(ask_resends, said(), NOON) == []
    assert database.write_here(ask_resends, said(RIGHTER), NOON) == []
    delivery = owed(database)
    assert holder(database) == line(database, delivery).to == RIGHTER


def test_correction_of_an_order_that_no_ping_names_is_not_kept(database: Database) -> None:
    assert database.write_here(ask_resends, said(), NOON) == []
    assert line(database, owed(database)).to == BUYER


def test_correction_of_a_waiting_order_reaches_the_license_that_its_charge_minted(
    database: Database,
) -> None:
    first, charge = sale_of("order-1", "sub"), sale_of("charge", "sub")
    event = database.write_here(store_event, "order-1")
    sale_id = database.write_here(save_sale, event, first, NOON)
    database.write_here(ask_resends, said(), NOON)
    done = database.write_here(mint, charge, "KEY")
    assert done.delivery_id is not None
    assert holder(database) == line(database, done.delivery_id).to == RIGHT
    database.write_here(minted, first, license_of(sale_id))
    assert holder(database) == RIGHT


def test_kept_correction_of_a_charge_mails_the_right_address_though_it_moves_nothing(
    database: Database,
) -> None:
    waits = owed_by_subscription(database)
    event = database.write_here(store_event, "charge")
    database.write_here(ask_resends, said(order_id="charge"), NOON)
    charge = sale_of("charge", "sub")
    sale_id = database.write_here(save_sale, event, charge, NOON)
    renewed = database.write_here(minted, charge, license_of(sale_id, "KEY-2"))
    assert renewed.delivery_id is not None
    assert (line(database, waits).status, holder(database)) == ("withdrawn", RIGHT)
    assert line(database, renewed.delivery_id).to == RIGHT


def owed_by_subscription(database: Database) -> int:
    delivery = database.write_here(mint, sale_of("order-1", "sub")).delivery_id
    assert delivery is not None
    return delivery


def test_correction_and_mint_at_once_never_miss_each_other(database: Database) -> None:
    for number in range(10):
        order = f"order-{number}"
        event = database.write_here(store_event, order)
        sale_id = database.write_here(save_sale, event, sale_of(order), NOON)
        new = license_of(sale_id, f"KEY-{number}")
        at_once(
            2,
            lambda turn, order=order, new=new: (  # type: ignore[misc]
                database.write_here(minted, sale_of(order), new)
                if turn
                else database.write_here(ask_resends, said(order_id=order), NOON)
            ),
        )
    licenses = database.read_here(list_licenses, Filters())
    assert {license_.email for license_ in licenses} == {RIGHT}
    waiting = database.read_here(list_deliveries, Filters(status="pending"))
    assert {each.to for each in waiting} == {RIGHT}
    assert len(waiting) == 10
