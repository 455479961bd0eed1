"""What a person said of an address withdraws what waits, and outlives what charges repeat."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.deliveries import (
    SentMail,
    begin_attempt,
    end_attempt_in_doubt,
    end_attempt_unsent,
    load_letter,
    record_sent,
    refuse_delivery,
)
from db.engine import Database
from db.licenses import mint_license
from db.listing import DeliveryLine, Filters, list_deliveries, list_licenses
from db.models import Delivery
from db.resends import NewResend, ask_resends, logged_orders
from db.sales import save_sale
from tests.db.concurrently import at_once
from tests.db.rows import BUYER, NOON, license_of, mint, sale_of, store_ping

LEASE = timedelta(hours=1)
RIGHT = "ada.right@example.com"
RIGHTER = "ada.righter@example.com"


def said(to: str | None = RIGHT, order_id: str = "order-1") -> NewResend:
    return NewResend("gumroad", order_id, to, asked_by="operator", asked_why=None)


def corrected(database: Database, to: str = RIGHT, order_id: str = "order-1") -> int:
    (delivery,) = database.run_here(ask_resends, said(to, order_id), NOON)
    return delivery


def owed(database: Database) -> int:
    delivery = database.run_here(mint, sale_of()).delivery_id
    assert delivery is not None
    return delivery


def line(database: Database, delivery: int) -> DeliveryLine:
    found = database.read_here(list_deliveries, Filters())
    return next(each for each in found if each.id == delivery)


def holder(database: Database) -> str:
    (license_,) = database.read_here(list_licenses, Filters())
    return license_.email


def test_correction_withdraws_every_mail_that_waits(database: Database) -> None:
    sale = owed(database)
    charge = database.run_here(mint, sale_of("charge", "sub"), "KEY-2").delivery_id
    (asked,) = database.run_here(ask_resends, said(None), NOON)
    right = corrected(database)
    for delivery in (sale, asked):
        found = line(database, delivery)
        assert (found.status, found.superseded_by, found.to) == ("withdrawn", right, BUYER)
        assert database.read_here(load_letter, delivery).instead == right
    assert (line(database, right).status, line(database, right).to) == ("pending", RIGHT)
    # Another license's mail is another matter.
    assert charge is not None
    assert line(database, charge).status == "pending"


def test_what_went_out_stays_as_it_is(database: Database) -> None:
    sale = owed(database)
    database.run_here(record_sent, sale, SentMail("accepted", "postmark", "m-1"), NOON)
    corrected(database)
    found = line(database, sale)
    assert (found.status, found.superseded_by, found.to) == ("accepted", None, BUYER)


def test_refused_mail_is_withdrawn_so_that_a_reset_goes_to_the_right_address(
    database: Database,
) -> None:
    sale = owed(database)
    database.run_here(refuse_delivery, sale, "no such mailbox")
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
        assert database.read_here(load_letter, delivery).instead == second
    assert holder(database) == line(database, second).to == RIGHTER


def test_resend_after_a_correction_goes_to_the_corrected_holder(database: Database) -> None:
    owed(database)
    first = corrected(database)
    (again,) = database.run_here(ask_resends, said(None), NOON)
    assert (line(database, again).to, line(database, again).status) == (RIGHT, "pending")
    assert line(database, first).status == "pending"


def test_attempt_that_read_the_old_address_does_not_get_its_claim(database: Database) -> None:
    sale = owed(database)
    seen = database.read_here(load_letter, sale)
    corrected(database)
    assert database.run_here(begin_attempt, sale, seen.attempt_ends_at, LEASE) is None
    database.run_here(refuse_delivery, sale, "too late")
    assert (line(database, sale).status, line(database, sale).attempts) == ("withdrawn", 0)


def test_attempt_under_way_ends_without_bringing_the_old_address_back(database: Database) -> None:
    sale = owed(database)
    attempt = database.run_here(begin_attempt, sale, None, LEASE)
    assert attempt is not None
    corrected(database)
    assert "may have gone" in (line(database, sale).error or "")
    for refused in (True, False):
        database.run_here(end_attempt_in_doubt, sale, attempt, "no answer")
        database.run_here(update_claim, sale, attempt)
        database.run_here(end_attempt_unsent, sale, attempt, refused=refused, words="down")
        assert line(database, sale).status == "withdrawn"


def update_claim(session: Session, delivery: int, attempt: object) -> None:
    claimed = update(Delivery).where(Delivery.id == delivery)
    session.execute(claimed.values(attempt_ends_at=attempt))


def test_attempt_under_way_that_went_out_is_told_and_the_right_one_is_owed(
    database: Database,
) -> None:
    sale = owed(database)
    database.run_here(begin_attempt, sale, None, LEASE)
    right = corrected(database)
    database.run_here(record_sent, sale, SentMail("accepted", "postmark", "m-1"), NOON)
    found = line(database, sale)
    assert (found.status, found.to, found.message_id) == ("accepted", BUYER, "m-1")
    letter = database.read_here(load_letter, right)
    assert (letter.done, letter.to) == (None, RIGHT)


def test_each_license_of_an_order_is_corrected(database: Database) -> None:
    other_line = sale_of()
    event = database.run_here(store_ping)
    for number, row in enumerate(("1", "2")):
        sale = replace(other_line, line=row)
        sale_id = database.run_here(save_sale, event, sale, NOON)
        database.run_here(mint_license, sale, license_of(sale_id, f"KEY-{number}"), NOON)
    asked = database.run_here(ask_resends, said(), NOON)
    assert len(asked) == 2
    licenses = database.read_here(list_licenses, Filters())
    assert {license_.email for license_ in licenses} == {RIGHT}
    waiting = [
        each for each in database.read_here(list_deliveries, Filters()) if each.status == "pending"
    ]
    assert sorted(each.id for each in waiting) == sorted(asked)


def test_correction_before_the_license_is_kept_for_it(database: Database) -> None:
    database.run_here(store_ping)
    assert database.run_here(ask_resends, said(), NOON) == []
    assert database.run_here(ask_resends, said(RIGHTER), NOON) == []
    delivery = owed(database)
    assert holder(database) == line(database, delivery).to == RIGHTER


def test_correction_of_an_order_that_no_ping_names_is_not_kept(database: Database) -> None:
    assert database.run_here(ask_resends, said(), NOON) == []
    assert line(database, owed(database)).to == BUYER


def test_correction_of_a_waiting_order_reaches_the_license_that_its_charge_minted(
    database: Database,
) -> None:
    first, charge = sale_of("order-1", "sub"), sale_of("charge", "sub")
    event = database.run_here(store_ping, "order-1")
    sale_id = database.run_here(save_sale, event, first, NOON)
    database.run_here(ask_resends, said(), NOON)
    minted = database.run_here(mint, charge, "KEY")
    assert minted.delivery_id is not None
    assert holder(database) == line(database, minted.delivery_id).to == RIGHT
    database.run_here(mint_license, first, license_of(sale_id), NOON)
    assert holder(database) == RIGHT


def test_kept_correction_of_a_charge_mails_the_right_address_though_it_moves_nothing(
    database: Database,
) -> None:
    waits = owed_by_subscription(database)
    event = database.run_here(store_ping, "charge")
    database.run_here(ask_resends, said(order_id="charge"), NOON)
    charge = sale_of("charge", "sub")
    sale_id = database.run_here(save_sale, event, charge, NOON)
    minted = database.run_here(mint_license, charge, license_of(sale_id, "KEY-2"), NOON)
    assert minted.delivery_id is not None
    assert (line(database, waits).status, holder(database)) == ("withdrawn", RIGHT)
    assert line(database, minted.delivery_id).to == RIGHT


def owed_by_subscription(database: Database) -> int:
    delivery = database.run_here(mint, sale_of("order-1", "sub")).delivery_id
    assert delivery is not None
    return delivery


def test_correction_and_mint_at_once_never_miss_each_other(database: Database) -> None:
    for number in range(10):
        order = f"order-{number}"
        event = database.run_here(store_ping, order)
        sale_id = database.run_here(save_sale, event, sale_of(order), NOON)
        new = license_of(sale_id, f"KEY-{number}")
        at_once(
            2,
            lambda turn, order=order, new=new: (  # type: ignore[misc]
                database.run_here(mint_license, sale_of(order), new, NOON)
                if turn
                else database.run_here(ask_resends, said(order_id=order), NOON)
            ),
        )
    licenses = database.read_here(list_licenses, Filters())
    assert {license_.email for license_ in licenses} == {RIGHT}
    waiting = database.read_here(list_deliveries, Filters(status="pending"))
    assert {each.to for each in waiting} == {RIGHT}
    assert len(waiting) == 10


def test_license_whose_right_address_only_got_a_file_is_listed_though_the_wrong_one_got_a_mail(
    database: Database,
) -> None:
    sale = owed(database)
    database.run_here(record_sent, sale, SentMail("accepted", "postmark", "m-1"), NOON)
    right = corrected(database)
    database.run_here(record_sent, right, SentMail("logged", "logging", "file"), NOON)
    assert database.read_here(logged_orders) == [("gumroad", "order-1")]
    (again,) = database.run_here(ask_resends, said(None), NOON)
    assert line(database, again).to == RIGHT
    assert database.read_here(logged_orders) == []
