"""A person's data goes from every table; ids, amounts and states stay, and the license goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.corrections import NewCorrection, keep_correction
from db.deliveries import refuse_delivery
from db.engine import Database
from db.erasing import StillWaitingError, erase_person
from db.facts import facts_of_event
from db.licenses import LicenseWithDelivery
from db.mail_reports import record_report
from db.minting import mint_license
from db.orders import close_row
from db.owed import ERASED, owe
from db.persons import find_person
from db.requests import store_request
from db.resends import NewResend, ask_resends
from db.sales import save_sale
from db.tables import EventRow, LicenseRow
from db.views.lists import DeliveryLine, Filters, LicenseLine, list_deliveries, list_licenses
from domain.delivery import Reason
from domain.event import Outcome
from domain.facts import Payment
from domain.mail_reports import MailReport, ReportKind
from domain.sale import Sale
from tests.db.rows import NOON, license_of, sale_of, store_event
from tests.support.person import (
    NAME,
    PRIVATE,
    RIGHT,
    SOLD,
    TYPO,
    event_of,
    keep_person,
    keep_sale,
    left_in,
    license_row,
    sale_body,
)
from tests.support.pings import new_event

GIVER, RECEIVER = "generous.gifter@example.com", "giftee@example.org"
OTHER = "grace@example.org"


def erased(database: Database, address: str = RIGHT) -> dict[str, int]:
    person = database.read_here(find_person, address)
    counts = database.write_here(erase_person, person, SOLD)
    return {name: count for name, count in counts.items() if count}


def line(database: Database, license_id: int) -> LicenseLine:
    (found,) = database.read_here(list_licenses, Filters(ids=[license_id]))
    return found


def mails(database: Database) -> list[DeliveryLine]:
    return database.read_here(list_deliveries, Filters())


@pytest.fixture
def ada(database: Database) -> int:
    return database.write_here(keep_person)


def test_nothing_of_the_person_is_left(database: Database, ada: int) -> None:
    assert len(left_in(database)) > len(PRIVATE)
    # In another spelling than the shop's.
    assert erased(database, RIGHT.upper()) == {
        "sales": 1,
        "licenses": 1,
        "facts": 2,
        "requests": 1,
        "answers": 1,
        "deliveries": 2,
        "mail_reports": 1,
        "resends": 1,
        "corrections": 1,
        "devices": 1,
    }
    assert left_in(database) == []
    assert line(database, ada).email is None


def test_ids_amounts_and_states_stay_and_so_does_the_license(database: Database, ada: int) -> None:
    before, mailed = line(database, ada), mails(database)
    erased(database)
    assert line(database, ada) == replace(before, email=None, name="", erased_at=SOLD)
    assert [(each.id, each.status, each.message_id) for each in mails(database)] == [
        (each.id, each.status, each.message_id) for each in mailed
    ]
    (payment,) = database.read_here(facts_of_event, database.read_here(event_of, "ada-1"))
    assert isinstance(payment, Payment)
    assert (payment.order_id, payment.lines[0].price) == ("ada-1", 2900)


def test_a_second_erasure_finds_nothing(database: Database, ada: int) -> None:
    del ada
    erased(database)
    for address in (RIGHT, TYPO):
        assert erased(database, address) == {}


def test_other_people_keep_their_data(database: Database, ada: int) -> None:
    del ada
    database.write_here(keep_sale, "grace-1", sale_body("grace-1", OTHER, "Grace Hopper"))
    before = left_in(database, (OTHER, "Grace Hopper"))
    erased(database)
    assert left_in(database, (OTHER, "Grace Hopper")) == before
    assert erased(database, "race@example.org") == {}


def test_an_open_event_still_needs_the_address(database: Database, ada: int) -> None:
    del ada
    before = left_in(database)
    again = new_event(sale_body("ada-2", RIGHT), "ada-2")
    database.write_here(store_request, again)
    with pytest.raises(StillWaitingError) as refused:
        erased(database)
    assert refused.value.names == ("gumroad:ada-2",)
    assert set(before) <= set(left_in(database))


def test_a_resend_under_way_still_needs_the_address(database: Database, ada: int) -> None:
    del ada
    database.write_here(ask_resends, NewResend("gumroad", "ada-1", None, "operator", None), SOLD)
    with pytest.raises(StillWaitingError) as refused:
        erased(database)
    assert refused.value.names == ("gumroad:ada-1",)


def test_a_failed_event_that_nobody_could_read_goes_too(database: Database) -> None:
    def failed(session: Session) -> None:
        event_id = store_request(session, new_event(sale_body("ada-3"), "ada-3"))
        ended = update(EventRow).where(EventRow.id == event_id)
        session.execute(ended.values(outcome=Outcome.FAILED))

    database.write_here(failed)
    assert erased(database, TYPO) == {"requests": 1}
    assert left_in(database) == []


def test_a_former_holder_is_erased_and_the_present_one_stays(database: Database, ada: int) -> None:
    erased(database, TYPO)
    # The device is the present holder's.
    assert left_in(database, (TYPO, NAME)) == [f"devices.extra: {NAME}"]
    assert line(database, ada).email == RIGHT
    assert license_row(database, ada).correction_id is not None


def test_a_giver_is_erased_from_a_gift_that_stays(database: Database) -> None:
    gift = sale_body("gift-1", RECEIVER, "Generous Gifter", "07")
    license_id = database.write_here(keep_sale, "gift-1", gift)
    assert erased(database, GIVER) == {"sales": 1, "facts": 1, "requests": 1}
    assert left_in(database, (GIVER, "Generous Gifter")) == []
    assert line(database, license_id).email == RECEIVER


def test_a_receiver_is_erased_and_the_giver_stays(database: Database) -> None:
    gift = sale_body("gift-1", RECEIVER, "Generous Gifter", "07")
    database.write_here(keep_sale, "gift-1", gift)
    erased(database, RECEIVER)
    assert left_in(database, (RECEIVER,)) == []
    assert left_in(database, (GIVER,)) != []


def test_nobody_is_owed_a_mail_about_an_erased_license(database: Database, ada: int) -> None:
    def owed(session: Session) -> int:
        row = session.get_one(LicenseRow, ada)
        return owe(session, row, Reason.event(1), SOLD)

    erased(database)
    delivery = database.write_here(owed)
    (found,) = [each for each in mails(database) if each.id == delivery]
    assert (found.status, found.error) == ("withdrawn", ERASED)


def test_a_refused_mail_waits_for_nobody_after_an_erasure(database: Database) -> None:
    def refused(session: Session) -> None:
        row = session.get_one(LicenseRow, keep_person(session))
        owed = owe(session, row, Reason.event(1), NOON)
        refuse_delivery(session, owed, f"no such user {RIGHT}")

    database.write_here(refused)
    erased(database)
    assert (mails(database)[0].status, mails(database)[0].error) == ("withdrawn", ERASED)


def test_the_next_charge_brings_the_address_anew(database: Database) -> None:
    def subscribed(session: Session) -> int:
        first = replace(sale_of("charge-1", "member"), email=RIGHT)
        said = NewCorrection("gumroad", "charge-1", RIGHT, "operator", None)
        keep_correction(session, said, NOON)
        license_id = charge(session, first)
        erase_person(session, find_person(session, RIGHT), SOLD)
        later = replace(first, order_id="charge-2", sold_at=NOON + timedelta(days=30), charge=True)
        assert charge(session, later) == license_id
        return license_id

    license_id = database.write_here(subscribed)
    assert line(database, license_id).email == RIGHT
    renewal = mails(database)[0]
    assert (renewal.to, renewal.status) == (RIGHT, "pending")


def charge(session: Session, sale: Sale) -> int:
    event_id = store_event(session, sale.order_id)
    sale_id = save_sale(session, event_id, sale, NOON)
    end = sale.sold_at + timedelta(days=31)
    done = mint_license(session, sale, license_of(sale_id, "KEY-1", end, event_id), NOON)
    close_row(session, event_id, Outcome.FULFILLED, NOON)
    assert isinstance(done, LicenseWithDelivery)
    return done.license.id


def test_a_report_after_the_erasure_brings_no_address_back(database: Database, ada: int) -> None:
    del ada
    erased(database)
    words = f"550 no such user {RIGHT}"
    late = MailReport("postmark", "late", ReportKind.BOUNCED, SOLD, words, "m-2")
    assert database.write_here(record_report, late, SOLD)
    assert mails(database)[0].status == "bounced"
    assert left_in(database) == []
