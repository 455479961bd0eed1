"""Claims: one attempt at a time sends a mail, and a delivery stays in doubt until cleared."""

from datetime import datetime, timedelta

from db.deliveries import (
    SentMail,
    begin_attempt,
    end_attempt_in_doubt,
    end_attempt_unsent,
    record_sent,
    refuse_delivery,
)
from db.engine import Database
from db.owed_emails import OwedEmail, load_owed_email
from db.views.lists import DeliveryLine, Filters, list_deliveries
from domain.delivery import DeliveryStatus
from tests.db.concurrently import at_once
from tests.db.rows import NOON, mint, sale_of

LATER = NOON + timedelta(seconds=1)
LEASE = timedelta(hours=1)
OVER = timedelta(hours=-1)


def owed(database: Database) -> int:
    delivery_id = database.write_here(mint, sale_of()).delivery_id
    assert delivery_id is not None
    return delivery_id


def line(database: Database) -> DeliveryLine:
    (found,) = database.read_here(list_deliveries, Filters())
    return found


def letter(database: Database, delivery: int) -> OwedEmail:
    return database.read_here(load_owed_email, delivery)


def claimed(
    database: Database, delivery: int, seen: datetime | None = None, lease: timedelta = LEASE
) -> datetime:
    attempt = database.write_here(begin_attempt, delivery, seen, lease)
    assert attempt is not None
    return attempt


def sent(database: Database, delivery: int, message_id: str = "m-1") -> None:
    database.write_here(
        record_sent, delivery, SentMail(DeliveryStatus.ACCEPTED, "postmark", message_id), LATER
    )


def test_of_twenty_claims_at_once_one_wins(database: Database) -> None:
    delivery = owed(database)
    won = at_once(20, lambda _: database.write_here(begin_attempt, delivery, None, LEASE))
    (attempt,) = [each for each in won if each is not None]
    assert letter(database, delivery).seen == attempt
    assert line(database).attempts == 1


def test_claim_is_a_lease_on_the_clock_of_the_database(database: Database) -> None:
    delivery = owed(database)
    before = letter(database, delivery).now
    attempt = claimed(database, delivery)
    assert before + LEASE <= attempt <= letter(database, delivery).now + LEASE


def test_claim_on_what_somebody_else_saw_is_lost(database: Database) -> None:
    delivery = owed(database)
    first = claimed(database, delivery, lease=OVER)
    assert database.write_here(begin_attempt, delivery, None, LEASE) is None
    assert database.write_here(begin_attempt, delivery, LATER, LEASE) is None
    assert claimed(database, delivery, first) > first
    assert line(database).attempts == 2


def test_attempt_that_sent_nothing_frees_the_delivery(database: Database) -> None:
    delivery = owed(database)
    attempt = claimed(database, delivery)
    database.write_here(end_attempt_unsent, delivery, attempt, refused=False, words="down")
    found = line(database)
    assert (found.status, found.error) == ("pending", "down")
    assert letter(database, delivery).seen is None


def test_attempt_that_is_late_leaves_the_claim_of_the_next(database: Database) -> None:
    delivery = owed(database)
    late = claimed(database, delivery, lease=OVER)
    current = claimed(database, delivery, late)
    database.write_here(end_attempt_unsent, delivery, late, refused=True, words="late")
    database.write_here(end_attempt_in_doubt, delivery, late, "late")
    found = line(database)
    assert (found.status, found.error) == ("pending", None)
    assert letter(database, delivery).seen == current


def test_doubt_stays_when_the_attempt_is_over_and_its_lease_ends_with_it(
    database: Database,
) -> None:
    delivery = owed(database)
    attempt = claimed(database, delivery)
    database.write_here(end_attempt_in_doubt, delivery, attempt, "no answer")
    found = line(database)
    assert (found.status, found.error) == ("pending", "no answer")
    doubtful = letter(database, delivery)
    assert doubtful.seen is not None
    assert doubtful.seen <= doubtful.now


def test_what_was_accepted_is_never_claimed_refused_or_doubted(database: Database) -> None:
    delivery = owed(database)
    attempt = claimed(database, delivery)
    sent(database, delivery)
    assert database.write_here(begin_attempt, delivery, None, LEASE) is None
    database.write_here(refuse_delivery, delivery, "too late")
    database.write_here(end_attempt_in_doubt, delivery, attempt, "too late")
    database.write_here(end_attempt_unsent, delivery, attempt, refused=True, words="too late")
    sent(database, delivery)
    found = line(database)
    assert (found.status, found.error, found.attempts) == ("accepted", None, 1)
    assert (found.message_id, found.sent_at) == ("m-1", LATER)


def test_second_mail_of_a_delivery_is_told_and_the_first_one_stays(database: Database) -> None:
    delivery = owed(database)
    sent(database, delivery)
    sent(database, delivery, "m-2")
    found = line(database)
    assert (found.status, found.message_id) == ("accepted", "m-1")
    assert found.error == "sent twice: the second mail is m-2"


def test_refused_delivery_may_be_tried_again(database: Database) -> None:
    delivery = owed(database)
    database.write_here(refuse_delivery, delivery, "no such address")
    assert line(database).status == "refused"
    claimed(database, delivery)
    assert line(database).status == "pending"


def test_reference_is_the_same_each_time_and_another_in_another_database(
    database: Database,
) -> None:
    first = database.write_here(mint, sale_of("order-1"), "KEY-1").delivery_id or 0
    second = database.write_here(mint, sale_of("order-2"), "KEY-2").delivery_id or 0
    assert letter(database, first).reference == letter(database, first).reference
    assert letter(database, first).reference != letter(database, second).reference
    assert "KEY" not in letter(database, first).reference
