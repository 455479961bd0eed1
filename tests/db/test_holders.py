"""The holder of a license: the corrected address, else the address of the newest charge."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy.orm import Session

from db.engine import Database
from db.events import load_event
from db.licenses import LicenseWithDelivery
from db.resends import NewResend, ask_resends
from db.sales import save_sale
from db.views.lists import Filters, list_deliveries, list_licenses
from tests.db.rows import BUYER, NOON, license_of, mint, minted, sale_of, store_event

RIGHT = "ada.right@example.com"
THIRD = "ada.third@example.com"
MONTH = timedelta(days=31)

Charge = tuple[int, str]
"""The paid month, and the address in the event."""


def charged(
    session: Session, charge: Charge, *, moves_the_end: bool = True, name: str = ""
) -> tuple[int, LicenseWithDelivery]:
    """Mint the charge; return the event's id as well. `name` tells memberships apart."""
    month, email = charge
    order = f"{name}charge-{month}"
    paid = NOON + month * MONTH
    sale = replace(sale_of(order, f"{name}sub"), email=email, name=email[:3], sold_at=paid)
    event = store_event(session, order, "recurring_charge")
    sale_id = save_sale(session, event, sale, NOON)
    end = paid + MONTH if moves_the_end else NOON
    new = license_of(sale_id, f"KEY-{name}{month}", end, event)
    return event, minted(session, sale, new)


def note_of(database: Database, charge: Charge, *, moves_the_end: bool = True) -> str | None:
    event, _ = database.write_here(charged, charge, moves_the_end=moves_the_end)
    return database.read_here(load_event, event).note


def correct(database: Database, month: int, to: str = RIGHT, name: str = "") -> None:
    asked = NewResend("gumroad", f"{name}charge-{month}", to, "operator", None)
    assert database.write_here(ask_resends, asked, NOON) != []


def holder(database: Database) -> str | None:
    (license_,) = database.read_here(list_licenses, Filters())
    return license_.email


def mailed_to(database: Database, month: int) -> str | None:
    found = database.read_here(list_deliveries, Filters())
    return next(each.to for each in found if each.reason == f"charge:charge-{month}")


def test_charges_that_repeat_the_mistyped_address_leave_the_corrected_holder(
    database: Database,
) -> None:
    database.write_here(charged, (0, BUYER))
    correct(database, 0)
    for month in (1, 2, 3):
        assert note_of(database, (month, BUYER)) is None
        assert holder(database) == mailed_to(database, month) == RIGHT


def test_third_address_is_a_note_with_the_command_and_no_move(database: Database) -> None:
    database.write_here(charged, (0, BUYER))
    correct(database, 0)
    note = note_of(database, (1, THIRD))
    assert note is not None
    assert "names another address" in note
    assert "`mintpost resend gumroad:charge-1 --to`" in note
    assert "@" not in note
    assert holder(database) == mailed_to(database, 1) == RIGHT
    # The next charge repeats its own address, so nothing has changed.
    assert note_of(database, (2, THIRD)) is None
    assert holder(database) == RIGHT


def test_charge_that_names_the_corrected_address_needs_no_note(database: Database) -> None:
    database.write_here(charged, (0, BUYER))
    correct(database, 0)
    assert note_of(database, (1, RIGHT)) is None
    assert holder(database) == RIGHT


def test_without_a_correction_the_license_moves_where_the_word_changed_and_says_so(
    database: Database,
) -> None:
    assert note_of(database, (0, BUYER)) is None
    assert note_of(database, (1, BUYER)) is None
    note = note_of(database, (2, THIRD))
    assert note is not None
    assert "the license moved to the address that this charge names" in note
    assert "`mintpost resend gumroad:charge-2 --to`" in note
    assert "@" not in note
    assert holder(database) == mailed_to(database, 2) == THIRD


@pytest.mark.parametrize("spelling", ["ADA.BUYER@example.com", "ada.buyer@EXAMPLE.COM"])
def test_another_spelling_moves_nothing(database: Database, spelling: str) -> None:
    database.write_here(charged, (0, BUYER))
    assert note_of(database, (1, spelling)) is None
    assert holder(database) == BUYER


def test_charge_out_of_order_moves_the_holder_not_back(database: Database) -> None:
    database.write_here(charged, (0, BUYER))
    database.write_here(charged, (2, THIRD))
    assert note_of(database, (1, BUYER)) is None
    assert holder(database) == THIRD


def test_newer_charge_that_does_not_move_the_end_moves_the_holder_without_a_mail(
    database: Database,
) -> None:
    database.write_here(charged, (0, BUYER))
    note = note_of(database, (1, THIRD), moves_the_end=False)
    assert note is not None
    assert holder(database) == THIRD
    reasons = [each.reason for each in database.read_here(list_deliveries, Filters())]
    assert reasons == ["sale"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_order_of_arrival_ends_at_the_newest_charges_address(database: Database) -> None:
    arrivals = [*permutations([(0, BUYER), (1, THIRD), (2, THIRD), (3, RIGHT)])]
    for number, charges in enumerate(arrivals):
        for charge in charges:
            database.write_here(charged, charge, name=f"{number}-")
    licenses = database.read_here(list_licenses, Filters())
    assert [each.email for each in licenses] == [RIGHT] * len(arrivals)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_correction_stands_in_every_order_of_arrival(database: Database, after: int) -> None:
    arrivals = [*permutations([(0, BUYER), (1, BUYER), (2, THIRD)])]
    for number, charges in enumerate(arrivals):
        for place, charge in enumerate(charges, start=1):
            database.write_here(charged, charge, name=f"{number}-")
            if place == after:
                correct(database, charge[0], name=f"{number}-")
    licenses = database.read_here(list_licenses, Filters())
    assert [each.email for each in licenses] == [RIGHT] * len(arrivals)


def test_charge_that_is_minted_again_says_nothing_twice(database: Database) -> None:
    database.write_here(charged, (0, BUYER))
    first = note_of(database, (1, THIRD))
    correct(database, 0)
    assert note_of(database, (1, THIRD)) is None
    assert holder(database) == RIGHT
    assert first is not None


def test_second_correction_replaces_the_first(database: Database) -> None:
    database.write_here(charged, (0, BUYER))
    correct(database, 0, THIRD)
    correct(database, 0)
    assert note_of(database, (1, THIRD)) is not None
    assert holder(database) == RIGHT


def test_address_of_two_charges_of_one_moment_does_not_depend_on_their_arrival(
    database: Database,
) -> None:
    holders = []
    for subscription, sequence in (("sub-1", "ab"), ("sub-2", "ba")):
        for name in sequence:
            sale = replace(
                sale_of(f"{subscription}-{name}", subscription), email=f"{name}@example.com"
            )
            database.write_here(mint, sale, f"{subscription}-{name}")
        holders.append(database.read_here(list_licenses, Filters())[0].email)
    assert holders == ["b@example.com", "b@example.com"]
