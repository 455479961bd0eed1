"""One request for the licenses of an order owes one letter, which one workflow sends."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.deliveries import begin_attempt, record_sent
from db.engine import Database
from db.owed_emails import load_owed_email
from db.resend_runs import mark_resends_dispatched, started_resends, waiting_resends
from db.resends import NewResend, ask_resends, logged_orders
from db.sales import save_sale
from db.tables import DeliveryRow
from db.views.lists import Filters, list_deliveries, list_licenses
from domain.delivery import DeliveryStatus
from tests.db.lettering import LEASE, SENT, sell
from tests.db.rows import NOON, license_of, mint, minted, sale_of, store_event

YEAR = timedelta(days=365)
ALL = NewResend("gumroad", "order-1", None, "op", None)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def two(database: Database) -> tuple[int, int]:
    return sell(database, "1"), sell(database, "2")


def reasons(database: Database) -> list[str]:
    return [each.reason for each in database.read_here(list_deliveries, Filters())]


@pytest.mark.usefixtures("two")
def test_request_is_one_workflow_and_one_mail(database: Database) -> None:
    asked = tuple(database.write_here(ask_resends, ALL, NOON))

    (resend,) = database.read_here(waiting_resends)
    assert resend.delivery_ids == asked
    assert resend.workflow_id == "gumroad:order-1:resend:1"
    assert database.read_here(load_owed_email, asked[1]).delivery_ids == asked
    assert reasons(database)[:2] == ["resend:1", "resend:1"]
    database.write_here(mark_resends_dispatched, resend.ids, NOON)
    assert database.read_here(waiting_resends) == []


def test_second_request_is_a_letter_of_its_own(database: Database, two: tuple[int, int]) -> None:
    first = tuple(database.write_here(ask_resends, ALL, NOON))
    second = tuple(database.write_here(ask_resends, ALL, NOON))

    assert database.read_here(load_owed_email, first[0]).delivery_ids == first
    assert database.read_here(load_owed_email, second[0]).delivery_ids == second
    assert database.read_here(load_owed_email, two[0]).delivery_ids == two
    assert [each.number for each in database.read_here(waiting_resends)] == [1, 2]


@pytest.mark.usefixtures("two")
def test_request_for_one_license_owes_that_alone_a_mail(database: Database) -> None:
    license_ = database.read_here(list_licenses, Filters())[0]
    alone = replace(ALL, license_id=license_.id)
    (asked,) = database.write_here(ask_resends, alone, NOON)

    assert database.read_here(load_owed_email, asked).licenses[0].license.id == license_.id


def test_resend_in_flight_is_looked_after_for_each_of_its_licenses(
    database: Database, two: tuple[int, int]
) -> None:
    asked = database.write_here(ask_resends, ALL, NOON)
    (resend,) = database.read_here(waiting_resends)
    database.write_here(mark_resends_dispatched, resend.ids, NOON)
    later = NOON.replace(year=NOON.year + 1)
    assert len(database.read_here(started_resends, later)) == len(two)

    database.write_here(begin_attempt, asked[0], None, LEASE, asked[1:])
    database.write_here(record_sent, asked[0], SENT, NOON)
    assert database.read_here(started_resends, later) == []


@pytest.mark.usefixtures("two")
def test_order_whose_mail_was_only_written_down_is_asked_for_once(database: Database) -> None:
    logged = update(DeliveryRow).values(status=DeliveryStatus.LOGGED)
    database.write_here(Session.execute, logged)

    assert database.read_here(logged_orders) == [("gumroad", "order-1")]


def test_charge_of_several_lines_owes_each_license_one_mail(database: Database) -> None:
    for line in ("1", "2"):
        first = replace(sale_of(subscription_id="sub"), line=line, subscription_line=line)
        database.write_here(mint, first, f"KEY-{line}")
    for line in ("1", "2"):
        again = replace(sale_of("charge", "sub"), line=line, subscription_line=line)
        database.write_here(mint, again)

    asked = database.write_here(ask_resends, replace(ALL, order_id="charge"), NOON)
    assert len(asked) == 2
    (resend,) = database.read_here(waiting_resends)
    assert (resend.workflow_id, resend.renewed) == ("gumroad:charge:resend:1", True)


def test_charge_of_several_lines_is_one_letter(database: Database) -> None:
    def pay(session: Session, order_id: str, line: str, end: datetime) -> int | None:
        sale = replace(sale_of(order_id, "sub"), line=line, subscription_line=line, sold_at=NOON)
        sale_id = save_sale(session, store_event(session, order_id), sale, NOON)
        return minted(session, sale, license_of(sale_id, f"KEY-{line}", end)).delivery_id

    for line in ("1", "2"):
        database.write_here(pay, "order-1", line, NOON + YEAR)
    charged = tuple(database.write_here(pay, "charge", line, NOON + 2 * YEAR) for line in "12")

    assert reasons(database)[:2] == ["charge:charge", "charge:charge"]
    assert charged[0] is not None
    assert database.read_here(load_owed_email, charged[0]).delivery_ids == charged
