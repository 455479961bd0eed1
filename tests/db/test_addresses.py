"""A license whose shop told no address, until another payment or copy tells one."""

from dataclasses import replace

from db.addresses import give_address
from db.engine import Database
from db.views.lists import Filters, list_deliveries, list_licenses, list_sales
from tests.db.rows import mint, sale_of
from tests.db.test_holders import charged

ORDER, FOUND = "order", "buyer@borealis.example"
NAMELESS = replace(sale_of(order_id=ORDER), email="")


def told(database: Database) -> tuple[str | None, list[str | None], list[str | None]]:
    """Return the addresses of the license, of its mails and of its sales, as lists show them."""
    (license_,) = database.read_here(list_licenses, Filters())
    mails = database.read_here(list_deliveries, Filters())
    sales = database.read_here(list_sales, Filters())
    return license_.email, [each.to for each in mails], [each.email for each in sales]


def test_no_address_is_shown_as_none(database: Database) -> None:
    database.write_here(mint, NAMELESS)
    assert told(database) == (None, [None], [None])


def test_an_address_is_given_to_license_sale_and_the_mail_that_waits(database: Database) -> None:
    database.write_here(mint, NAMELESS)

    assert database.write_here(give_address, NAMELESS.source, ORDER, FOUND)
    assert told(database) == (FOUND, [FOUND], [FOUND])


def test_an_address_replaces_no_other(database: Database) -> None:
    database.write_here(mint, sale_of(order_id=ORDER))
    before = told(database)

    assert not database.write_here(give_address, NAMELESS.source, ORDER, FOUND)
    assert told(database) == before


def test_a_charge_gives_the_address_that_no_payment_told_before(database: Database) -> None:
    database.write_here(charged, (0, ""))
    database.write_here(charged, (1, FOUND))

    license_, mails, _ = told(database)
    assert license_ == FOUND
    assert mails == [FOUND, FOUND]


def test_a_charge_without_an_address_takes_none_away(database: Database) -> None:
    for charge in ((0, FOUND), (1, ""), (2, FOUND)):
        _, minted = database.write_here(charged, charge)

    assert told(database)[0] == FOUND
    assert {*told(database)[1]} == {FOUND}
    assert minted.license.email == FOUND
