"""Deliveries of one order to one address are claimed, recorded and listed as one mail."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.corrections import withhold_deliveries
from db.deliveries import (
    begin_attempt,
    end_attempt_unsent,
    record_sent,
    refuse_letter,
)
from db.engine import Database
from db.owed_emails import is_owed
from db.owing import owed_step
from db.tables import DeliveryRow
from db.views.lists import Filters, list_deliveries, list_events
from tests.db.concurrently import at_once
from tests.db.lettering import LEASE, SENT, claim, letter, lines, sell, told, withhold
from tests.db.rows import NOON

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def two(database: Database) -> tuple[int, int]:
    return sell(database, "1"), sell(database, "2")


def test_lines_of_an_order_are_one_mail(database: Database, two: tuple[int, int]) -> None:
    other = sell(database, "1", "order-2")

    assert letter(database, two[0]).delivery_ids == two
    assert letter(database, two[1]).delivery_ids == two
    assert letter(database, other).delivery_ids == (other,)


@ON_SQLITE
def test_license_with_another_address_goes_by_itself(
    database: Database, two: tuple[int, int]
) -> None:
    moved = update(DeliveryRow).filter_by(id=two[1]).values(to="ada.right@example.com")
    database.write_here(Session.execute, moved)

    assert letter(database, two[0]).delivery_ids == (two[0],)
    assert letter(database, two[1]).delivery_ids == (two[1],)


@ON_SQLITE
def test_delivery_of_an_older_version_goes_by_itself(
    database: Database, two: tuple[int, int]
) -> None:
    database.write_here(Session.execute, update(DeliveryRow).values(letter=None))

    assert [letter(database, each).delivery_ids for each in two] == [(two[0],), (two[1],)]


def test_sent_letter_is_recorded_for_each_license_and_listed_once(
    database: Database, two: tuple[int, int]
) -> None:
    assert claim(database, letter(database, two[1]))
    database.write_here(record_sent, two[0], SENT, NOON)

    (mail,) = lines(database)
    assert (mail.id, mail.attempts) == (two[0], 1)
    assert told(database) == [("12", "accepted")]
    assert [letter(database, each).done for each in two] == ["accepted", "accepted"]
    assert not any(database.read_here(is_owed, each) for each in two)
    events = database.read_here(list_events, Filters())
    assert database.read_here(owed_step, events[0].id) is None


def test_listed_mail_is_found_by_each_of_its_deliveries_and_by_its_order(
    database: Database, two: tuple[int, int]
) -> None:
    claim(database, letter(database, two[0]))
    alone = sell(database, "3")

    def found(**filters: Any) -> list[int]:  # noqa: ANN401 - a filter's own type
        return [each.id for each in database.read_here(list_deliveries, Filters(**filters))]

    assert found(ids=[two[1]]) == found(ids=two) == [two[0]]
    assert found(order_id="order-1") == [alone, two[0]]
    assert found(order_id="order-2") == []
    assert found(status="pending", limit=1) == [alone]


def test_of_twenty_claims_from_both_lines_at_once_one_wins(
    database: Database, two: tuple[int, int]
) -> None:
    owed = [letter(database, each) for each in two]
    won = at_once(20, lambda number: claim(database, owed[number % 2]))

    assert won.count(True) == 1
    assert [each.attempts for each in lines(database)] == [1]


@ON_SQLITE
def test_claim_loses_against_a_withdrawal_of_either_license(
    database: Database, two: tuple[int, int]
) -> None:
    owed = letter(database, two[0])
    withhold(database, two[1])

    assert not claim(database, owed)
    assert letter(database, two[0]).delivery_ids == (two[0],)
    assert letter(database, two[1]).done == "withdrawn"


@ON_SQLITE
def test_claim_loses_against_another_mail_with_one_of_its_licenses(
    database: Database, two: tuple[int, int]
) -> None:
    three = sell(database, "3")
    late = letter(database, two[0])
    database.write_here(begin_attempt, two[1], None, LEASE, (three,))

    assert late.delivery_ids == (*two, three)
    assert not claim(database, late)
    assert not claim(database, replace(late, licenses=(late.licenses[0], late.licenses[2])))
    assert claim(database, letter(database, two[0]))


@pytest.mark.parametrize("refused", [False, True])
@ON_SQLITE
def test_attempt_that_sent_nothing_ends_for_all(
    database: Database, two: tuple[int, int], *, refused: bool
) -> None:
    attempt = database.write_here(begin_attempt, two[0], None, LEASE, two[1:])
    assert attempt is not None
    database.write_here(end_attempt_unsent, two[0], attempt, refused=refused, words="down")

    status = "refused" if refused else "pending"
    assert told(database) == [("12", status)]
    withhold(database, two[0])
    assert [(each.status, each.error) for each in lines(database)] == [
        (status, "down"),
        ("withdrawn", "down"),
    ]


@ON_SQLITE
def test_letter_that_cannot_be_composed_is_refused_for_all(
    database: Database, two: tuple[int, int]
) -> None:
    database.write_here(refuse_letter, two[0], two[1:], "no such address")

    assert told(database) == [("12", "refused")]
    assert letter(database, two[1]).delivery_ids == two


@ON_SQLITE
def test_withdrawn_license_drops_out_of_the_letter_and_the_other_goes(
    database: Database, two: tuple[int, int]
) -> None:
    attempt = database.write_here(begin_attempt, two[0], None, LEASE, two[1:])
    assert attempt is not None
    database.write_here(end_attempt_unsent, two[0], attempt, refused=False, words="down")
    withhold(database, two[0])

    alone = letter(database, two[1])
    assert alone.delivery_ids == (two[1],)
    assert claim(database, alone)
    database.write_here(record_sent, two[1], SENT, NOON)
    assert told(database) == [("2", "accepted"), ("1", "withdrawn")]


@ON_SQLITE
def test_license_that_dropped_out_before_a_later_attempt_is_not_told_by_it(
    database: Database, two: tuple[int, int]
) -> None:
    attempt = database.write_here(begin_attempt, two[0], None, LEASE, two[1:])
    assert attempt is not None
    database.write_here(end_attempt_unsent, two[0], attempt, refused=False, words="down")
    withhold(database, two[1])
    claim(database, letter(database, two[0]))
    database.write_here(record_sent, two[0], SENT, NOON)

    assert told(database) == [("2", "withdrawn"), ("1", "accepted")]


def test_claims_and_withdrawals_at_once_leave_one_state(
    database: Database, two: tuple[int, int]
) -> None:
    licenses = [each.license.id for each in letter(database, two[0]).licenses]

    def take_back(session: Session) -> None:
        for license_id in licenses:
            withhold_deliveries(session, license_id)

    def work(number: int) -> None:
        if number % 3 == 2:
            database.write_here(take_back)
        elif claim(database, letter(database, two[number % 3])):
            database.write_here(record_sent, two[0], SENT, NOON)

    at_once(12, work)
    statuses = {each.status for each in lines(database)}
    assert statuses in ({"accepted"}, {"withdrawn"})
