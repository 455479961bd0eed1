"""A letter whose attempt may have sent it is looked up as it was."""

import pytest

from db.deliveries import (
    begin_attempt,
    end_attempt_in_doubt,
    record_sent,
)
from db.engine import Database
from tests.db.lettering import LEASE, SENT, claim, letter, lines, sell, told, withhold
from tests.db.rows import NOON

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def two(database: Database) -> tuple[int, int]:
    return sell(database, "1"), sell(database, "2")


@ON_SQLITE
def test_no_license_joins_a_letter_in_doubt(database: Database, two: tuple[int, int]) -> None:
    claim(database, letter(database, two[0]))
    three = sell(database, "3")

    for delivery in two:
        doubtful = letter(database, delivery)
        assert doubtful.delivery_ids == two
        assert doubtful.doubt is not None
        assert doubtful.doubt.delivery_id == two[0]
    assert letter(database, three).delivery_ids == (three,)
    assert claim(database, letter(database, three))


def test_letter_in_doubt_keeps_its_mark_when_its_first_license_is_withdrawn(
    database: Database, two: tuple[int, int]
) -> None:
    attempt = database.write_here(begin_attempt, two[0], None, LEASE, two[1:])
    assert attempt is not None
    mark = letter(database, two[0]).reference
    database.write_here(end_attempt_in_doubt, two[0], attempt, "no answer")
    withhold(database, two[0])

    other = letter(database, two[1])
    assert other.doubt is not None
    assert (other.doubt.delivery_id, other.doubt.reference) == (two[0], mark)
    assert (other.delivery_ids, other.seen) == ((two[1],), None)
    assert other.reference != mark
    (_, withdrawn) = lines(database)
    assert "may have gone" in (withdrawn.error or "")
    assert claim(database, other)
    assert not claim(database, other)


@ON_SQLITE
def test_withdrawn_license_of_a_letter_that_had_gone_is_told_as_sent(
    database: Database, two: tuple[int, int]
) -> None:
    claim(database, letter(database, two[0]))
    withhold(database, two[1])
    assert (lines(database)[0].error or "").endswith("it may have gone")
    database.write_here(record_sent, two[0], SENT, NOON)

    assert told(database) == [("12", "accepted")]
