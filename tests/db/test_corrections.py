"""A correction withdraws every mail that still waits to go to another address."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.deliveries import (
    SentMail,
    begin_attempt,
    end_attempt_in_doubt,
    end_attempt_unsent,
    record_sent,
    refuse_delivery,
)
from db.engine import Database
from db.owed_emails import load_owed_email
from db.resends import ask_resends, logged_orders
from db.sales import save_sale
from db.tables import DeliveryRow
from db.views.lists import Filters, list_deliveries, list_licenses
from domain.delivery import DeliveryStatus
from tests.db.correcting import RIGHT, RIGHTER, corrected, holder, line, owed, said
from tests.db.rows import BUYER, NOON, license_of, mint, minted, sale_of, store_event

LEASE = timedelta(hours=1)
SENT = SentMail(DeliveryStatus.ACCEPTED, "postmark", "m-1")
WRITTEN = SentMail(DeliveryStatus.LOGGED, "logging", "file")


def test_correction_withdraws_every_mail_that_waits(database: Database) -> None:
    sale = owed(database)
    charge = database.write_here(mint, sale_of("charge", "sub"), "KEY-2").delivery_id
    (asked,) = database.write_here(ask_resends, said(None), NOON)
    right = corrected(database)
    for delivery in (sale, asked):
        found = line(database, delivery)
        assert (found.status, found.superseded_by, found.to) == ("withdrawn", right, BUYER)
        assert database.read_here(load_owed_email, delivery).instead == right
    assert (line(database, right).status, line(database, right).to) == ("pending", RIGHT)
    # The mail of another license stays.
    assert charge is not None
    assert line(database, charge).status == "pending"


def test_what_went_out_stays_as_it_is(database: Database) -> None:
    sale = owed(database)
    database.write_here(record_sent, sale, SENT, NOON)
    corrected(database)
    found = line(database, sale)
    assert (found.status, found.superseded_by, found.to) == ("accepted", None, BUYER)


def test_refused_mail_is_withdrawn_so_that_a_reset_goes_to_the_right_address(
    database: Database,
) -> None:
    sale = owed(database)
    database.write_here(refuse_delivery, sale, "no such mailbox")
    right = corrected(database)
    found = line(database, sale)
    assert (found.status, found.superseded_by, found.error) == (
        "withdrawn",
        right,
        "no such mailbox",
    )


def test_second_correction_withdraws_the_first_and_takes_over_what_it_withdrew(
    database: Database,
) -> None:
    sale = owed(database)
    first = corrected(database)
    second = corrected(database, RIGHTER)
    for delivery in (sale, first):
        assert line(database, delivery).status == "withdrawn"
        assert database.read_here(load_owed_email, delivery).instead == second
    assert holder(database) == line(database, second).to == RIGHTER


def test_resend_after_a_correction_goes_to_the_corrected_holder(database: Database) -> None:
    owed(database)
    first = corrected(database)
    (again,) = database.write_here(ask_resends, said(None), NOON)
    assert (line(database, again).to, line(database, again).status) == (RIGHT, "pending")
    assert line(database, first).status == "pending"


def test_attempt_that_read_the_old_address_does_not_get_its_claim(database: Database) -> None:
    sale = owed(database)
    seen = database.read_here(load_owed_email, sale)
    corrected(database)
    assert database.write_here(begin_attempt, sale, seen.seen, LEASE) is None
    database.write_here(refuse_delivery, sale, "too late")
    assert (line(database, sale).status, line(database, sale).attempts) == ("withdrawn", 0)


def test_attempt_under_way_ends_without_bringing_the_old_address_back(database: Database) -> None:
    sale = owed(database)
    attempt = database.write_here(begin_attempt, sale, None, LEASE)
    assert attempt is not None
    corrected(database)
    assert "may have gone" in (line(database, sale).error or "")
    for refused in (True, False):
        database.write_here(end_attempt_in_doubt, sale, attempt, "no answer")
        database.write_here(update_claim, sale, attempt)
        database.write_here(end_attempt_unsent, sale, attempt, refused=refused, words="down")
        assert line(database, sale).status == "withdrawn"


def update_claim(session: Session, delivery: int, attempt: object) -> None:
    claimed = update(DeliveryRow).where(DeliveryRow.id == delivery)
    session.execute(claimed.values(attempt_ends_at=attempt))


def test_attempt_under_way_that_went_out_is_told_and_the_right_one_is_owed(
    database: Database,
) -> None:
    sale = owed(database)
    database.write_here(begin_attempt, sale, None, LEASE)
    right = corrected(database)
    database.write_here(record_sent, sale, SENT, NOON)
    found = line(database, sale)
    assert (found.status, found.to, found.message_id) == ("accepted", BUYER, "m-1")
    letter = database.read_here(load_owed_email, right)
    assert (letter.done, letter.to) == (None, RIGHT)


def test_each_license_of_an_order_is_corrected(database: Database) -> None:
    other_line = sale_of()
    event = database.write_here(store_event)
    for number, row in enumerate(("1", "2")):
        sale = replace(other_line, line=row)
        sale_id = database.write_here(save_sale, event, sale, NOON)
        database.write_here(minted, sale, license_of(sale_id, f"KEY-{number}"))
    asked = database.write_here(ask_resends, said(), NOON)
    assert len(asked) == 2
    licenses = database.read_here(list_licenses, Filters())
    assert {license_.email for license_ in licenses} == {RIGHT}
    waiting = [
        each for each in database.read_here(list_deliveries, Filters()) if each.status == "pending"
    ]
    assert sorted(each.id for each in waiting) == sorted(asked)


def test_license_whose_right_address_only_got_a_file_is_listed_though_the_wrong_one_got_a_mail(
    database: Database,
) -> None:
    sale = owed(database)
    database.write_here(record_sent, sale, SENT, NOON)
    right = corrected(database)
    database.write_here(record_sent, right, WRITTEN, NOON)
    assert database.read_here(logged_orders) == [("gumroad", "order-1")]
    (again,) = database.write_here(ask_resends, said(None), NOON)
    assert line(database, again).to == RIGHT
    assert database.read_here(logged_orders) == []
