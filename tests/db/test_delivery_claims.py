"""One attempt at a time sends a mail, and a doubt stays until it is cleared."""

from datetime import datetime, timedelta

from db.deliveries import (
    begin_attempt,
    end_attempt_unsent,
    load_letter,
    note_doubt,
    record_sent,
    refuse_delivery,
)
from db.engine import Database
from db.listing import DeliveryLine, Filters, list_deliveries
from tests.db.concurrently import at_once
from tests.db.rows import NOON, mint, sale_of

LATER = NOON + timedelta(seconds=1)


def owed(database: Database) -> int:
    delivery_id = database.run_here(mint, sale_of()).delivery_id
    assert delivery_id is not None
    return delivery_id


def line(database: Database) -> DeliveryLine:
    (found,) = database.read_here(list_deliveries, Filters())
    return found


def since(database: Database, delivery: int) -> datetime | None:
    return database.read_here(load_letter, delivery).sending_since


def sent(database: Database, delivery: int) -> None:
    database.run_here(
        record_sent,
        delivery,
        status="accepted",
        provider="postmark",
        message_id="m-1",
        remark=None,
        now=LATER,
    )


def test_of_twenty_claims_at_once_one_wins(database: Database) -> None:
    delivery = owed(database)
    moments = [NOON + timedelta(microseconds=number) for number in range(20)]
    won = at_once(
        20, lambda number: database.run_here(begin_attempt, delivery, None, moments[number])
    )
    assert won.count(True) == 1
    assert since(database, delivery) == moments[won.index(True)]
    assert line(database).attempts == 1


def test_claim_on_what_somebody_else_saw_is_lost(database: Database) -> None:
    delivery = owed(database)
    assert database.run_here(begin_attempt, delivery, None, NOON)
    assert not database.run_here(begin_attempt, delivery, LATER, LATER)
    assert database.run_here(begin_attempt, delivery, NOON, LATER)
    assert line(database).attempts == 2


def test_attempt_that_sent_nothing_frees_the_delivery(database: Database) -> None:
    delivery = owed(database)
    database.run_here(begin_attempt, delivery, None, NOON)
    database.run_here(end_attempt_unsent, delivery, NOON, refused=False, words="down")
    found = line(database)
    assert (found.status, found.error, since(database, delivery)) == ("pending", "down", None)


def test_attempt_that_is_late_leaves_the_claim_of_the_next(database: Database) -> None:
    delivery = owed(database)
    database.run_here(begin_attempt, delivery, None, NOON)
    database.run_here(begin_attempt, delivery, NOON, LATER)
    database.run_here(end_attempt_unsent, delivery, NOON, refused=True, words="late")
    found = line(database)
    assert (found.status, found.error, since(database, delivery)) == ("pending", None, LATER)


def test_doubt_keeps_the_claim(database: Database) -> None:
    delivery = owed(database)
    database.run_here(begin_attempt, delivery, None, NOON)
    database.run_here(note_doubt, delivery, "no answer")
    found = line(database)
    assert (found.status, found.error, since(database, delivery)) == ("pending", "no answer", NOON)


def test_what_was_accepted_is_never_claimed_refused_or_doubted(database: Database) -> None:
    delivery = owed(database)
    database.run_here(begin_attempt, delivery, None, NOON)
    sent(database, delivery)
    assert not database.run_here(begin_attempt, delivery, None, LATER)
    database.run_here(refuse_delivery, delivery, "too late")
    database.run_here(note_doubt, delivery, "too late")
    database.run_here(end_attempt_unsent, delivery, NOON, refused=True, words="too late")
    found = line(database)
    assert (found.status, found.error, found.attempts) == ("accepted", None, 1)
    assert (found.message_id, found.sent_at) == ("m-1", LATER)


def test_refused_delivery_may_be_tried_again(database: Database) -> None:
    delivery = owed(database)
    database.run_here(refuse_delivery, delivery, "no such address")
    assert line(database).status == "refused"
    assert database.run_here(begin_attempt, delivery, None, NOON)
    assert line(database).status == "pending"
