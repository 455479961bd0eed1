"""A report finds its mail, and its state shows on every delivery that the mail told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.deliveries import SentMail, begin_attempt, end_attempt_in_doubt, record_sent
from db.engine import Database
from db.mail_reports import record_report
from db.resends import logged_orders
from db.tables import MailReportRow
from domain.delivery import DeliveryStatus
from domain.mail_reports import MailReport, ReportKind
from tests.db.lettering import LEASE, letter, lines, sell
from tests.db.rows import NOON
from tests.db.test_delivery_claims import claimed, line, owed, sent

AT = datetime(2026, 9, 1, 13, tzinfo=UTC)
DELIVERED = MailReport("postmark", "key-1", ReportKind.DELIVERED, AT, "250 OK", "m-1")
BOUNCED = MailReport("postmark", "key-2", ReportKind.BOUNCED, AT, "550 no such user", "m-1")


def reported(database: Database, report: MailReport) -> bool:
    return database.write_here(record_report, report, AT + timedelta(minutes=1))


def test_a_report_finds_its_mail_by_the_message_id(database: Database) -> None:
    sent(database, owed(database))
    assert reported(database, DELIVERED)
    found = line(database)
    assert (found.status, found.error, found.reported_at) == ("delivered", None, AT)


def test_a_bounce_after_the_delivery_tells_what_to_do(database: Database) -> None:
    sent(database, owed(database))
    reported(database, DELIVERED)
    reported(database, replace(BOUNCED, at=AT + timedelta(seconds=5)))
    found = line(database)
    assert found.status == "bounced"
    assert "550 no such user" in str(found.error)
    assert str(found.error).endswith("`mintpost resend gumroad:order-1 --to ADDRESS`")


def test_a_repeated_report_is_recorded_once(database: Database) -> None:
    sent(database, owed(database))
    assert [reported(database, DELIVERED) for _ in range(3)] == [True] * 3
    count = select(func.count(MailReportRow.id))
    assert database.read_here(lambda session: session.scalar(count)) == 1


def test_a_report_of_the_far_future_lets_later_ones_win(database: Database) -> None:
    sent(database, owed(database))
    far = datetime(9999, 12, 31, 23, tzinfo=UTC)
    reported(database, replace(BOUNCED, at=far))
    arrived = line(database).reported_at
    assert arrived == AT + timedelta(minutes=1)
    reported(database, replace(DELIVERED, at=arrived + timedelta(hours=1)))
    assert line(database).status == "delivered"


@pytest.mark.parametrize("message_id", ["m-2", None])
def test_a_report_of_another_programs_mail_is_not_ours(
    database: Database, message_id: str | None
) -> None:
    owed(database)
    assert not reported(database, replace(DELIVERED, message_id=message_id))
    assert line(database).status == "pending"


def test_a_mark_of_another_database_is_not_ours(database: Database) -> None:
    delivery = owed(database)
    foreign = replace(DELIVERED, delivery_id=delivery, reference="0" * 32)
    assert not reported(database, foreign)
    assert line(database).status == "pending"


def test_a_mail_in_doubt_that_a_report_names_is_not_sent_again(database: Database) -> None:
    delivery = owed(database)
    attempt = claimed(database, delivery)
    database.write_here(end_attempt_in_doubt, delivery, attempt, "no answer")
    own = letter(database, delivery)
    assert reported(database, replace(DELIVERED, delivery_id=delivery, reference=own.reference))
    now = letter(database, delivery)
    assert (now.done, now.doubt) == ("delivered", None)
    assert database.write_here(begin_attempt, delivery, own.seen, LEASE) is None
    found = line(database)
    assert (found.message_id, found.provider, found.sent_at) == ("m-1", "postmark", AT)
    assert found.error is None


def test_the_answer_of_the_send_may_come_after_the_report(database: Database) -> None:
    delivery = owed(database)
    claimed(database, delivery)
    own = letter(database, delivery)
    reported(database, replace(DELIVERED, delivery_id=delivery, reference=own.reference))
    sent(database, delivery)
    found = line(database)
    assert (found.status, found.error) == ("delivered", None)


def test_a_second_mail_that_only_a_report_shows_is_told(database: Database) -> None:
    delivery = owed(database)
    own = letter(database, delivery)
    sent(database, delivery)
    marked = replace(DELIVERED, delivery_id=delivery, reference=own.reference)
    reported(database, replace(marked, message_id="m-2"))
    assert line(database).error == "sent twice: the second mail is m-2"
    reported(database, replace(BOUNCED, at=AT + timedelta(seconds=1)))
    assert str(line(database).error).startswith("sent twice: the second mail is m-2; nobody got")


def test_a_report_counts_for_every_license_in_the_mail(database: Database) -> None:
    first, _ = sell(database, "a"), sell(database, "b")
    own = letter(database, first)
    database.write_here(begin_attempt, first, None, LEASE, own.others)
    mail = SentMail(DeliveryStatus.ACCEPTED, "postmark", "m-1")
    database.write_here(record_sent, first, mail, NOON)
    reported(database, BOUNCED)
    (found,) = lines(database)
    assert (found.status, len(found.license_ids)) == ("bounced", 2)


def test_a_delivered_mail_needs_no_second_one(database: Database) -> None:
    delivery = owed(database)
    mail = SentMail(DeliveryStatus.LOGGED, "logging", "delivery-1.eml")
    database.write_here(record_sent, delivery, mail, NOON)
    own = letter(database, delivery)
    assert database.read_here(logged_orders) == [("gumroad", "order-1")]
    reported(database, replace(DELIVERED, delivery_id=delivery, reference=own.reference))
    assert database.read_here(logged_orders) == []
    assert letter(database, delivery).done == "delivered"
