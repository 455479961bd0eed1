"""Orders that look done and are not, and nothing that waits by design."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from db.deliveries import SentMail, record_sent
from db.engine import Database
from db.resends import NewResend, ask_resends
from db.tables import DeliveryRow, EventRow
from db.views.residue import Residue, unlicensed_orders, unmailed_licenses
from db.views.unsent import unsent_resends
from domain.delivery import DeliveryStatus
from domain.event import Outcome
from tests.db.rows import NOON, mint, sale_of, store_event

BEFORE, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


def found(database: Database) -> list[Residue]:
    return [
        *database.read_here(unlicensed_orders, BEFORE, LATER),
        *database.read_here(unmailed_licenses, BEFORE, LATER),
    ]


def close(database: Database, outcome: str | None) -> None:
    closed = update(EventRow).values(outcome=outcome, closed_at=NOON)
    database.write_here(lambda session: session.execute(closed))


def owed(database: Database) -> int:
    delivery_id = database.write_here(mint, sale_of()).delivery_id
    assert delivery_id is not None
    return delivery_id


def send(database: Database, delivery_id: int) -> None:
    sent = SentMail(DeliveryStatus.LOGGED, "logging", f"m-{delivery_id}")
    database.write_here(record_sent, delivery_id, sent, NOON)


def ask(database: Database, to: str | None = None) -> None:
    database.write_here(ask_resends, NewResend("gumroad", "order-1", to, "a test", None), NOON)


def test_an_order_that_was_closed_without_a_license_is_residue(database: Database) -> None:
    database.write_here(store_event)
    close(database, Outcome.FULFILLED)
    assert found(database) == [Residue("gumroad", "order-1", owed=False, since=NOON)]


@pytest.mark.parametrize("outcome", [None, "ignored:no_license", "noted:waits_for_payment"])
def test_an_order_without_a_license_for_a_named_reason_is_none(
    database: Database, outcome: str | None
) -> None:
    database.write_here(store_event)
    close(database, outcome)
    assert found(database) == []


def test_a_mail_that_nothing_sends_any_more_is_residue(database: Database) -> None:
    owed(database)
    close(database, Outcome.FULFILLED)
    assert found(database) == [Residue("gumroad", "order-1", owed=True, since=NOON)]


@pytest.mark.parametrize("outcome", [None, Outcome.FAILED])
def test_a_mail_whose_event_waits_or_failed_is_told_elsewhere(
    database: Database, outcome: str | None
) -> None:
    owed(database)
    close(database, outcome)
    assert found(database) == []


def test_a_mail_that_was_sent_is_none(database: Database) -> None:
    send(database, owed(database))
    close(database, Outcome.FULFILLED)
    assert found(database) == []


def test_a_mail_that_another_mail_made_needless_waits_by_design(database: Database) -> None:
    owed(database)
    close(database, Outcome.FULFILLED)
    ask(database)
    resend = update(DeliveryRow).where(DeliveryRow.reason != "sale")
    sent = resend.values(status=DeliveryStatus.LOGGED, message_id="m")
    database.write_here(lambda session: session.execute(sent))
    assert found(database) == []


def test_a_charge_s_mail_that_a_later_resend_made_needless_waits_by_design(
    database: Database,
) -> None:
    owed(database)
    close(database, Outcome.FULFILLED)
    charge = update(DeliveryRow).values(reason="charge:order-1")
    database.write_here(lambda session: session.execute(charge))
    assert len(found(database)) == 1
    ask(database)
    resend = update(DeliveryRow).where(DeliveryRow.reason.startswith("resend"))
    sent = resend.values(status=DeliveryStatus.LOGGED, message_id="m")
    database.write_here(lambda session: session.execute(sent))
    assert found(database) == []


def test_a_refused_resend_is_over_once_a_person_asks_again(database: Database) -> None:
    send(database, owed(database))
    for _ in range(2):
        ask(database)
    first = update(DeliveryRow).where(DeliveryRow.reason == "resend:1")
    refused = first.values(status=DeliveryStatus.REFUSED)
    database.write_here(lambda session: session.execute(refused))
    assert [each.refused for each in database.read_here(unsent_resends)] == [False]


def test_a_resend_that_waits_or_is_refused_is_found(database: Database) -> None:
    send(database, owed(database))
    ask(database, "right@example.com")
    (waits,) = database.read_here(unsent_resends)
    assert (waits.order_id, waits.refused, waits.since) == ("order-1", False, NOON)
    refused = update(DeliveryRow).where(DeliveryRow.status == DeliveryStatus.PENDING)
    database.write_here(
        lambda session: session.execute(refused.values(status=DeliveryStatus.REFUSED))
    )
    assert [each.refused for each in database.read_here(unsent_resends)] == [True]
    ask(database, "righter@example.com")
    assert [each.refused for each in database.read_here(unsent_resends)] == [False]
