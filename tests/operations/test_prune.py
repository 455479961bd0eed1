"""Closed events lose their raw requests, and keep everything that was read from them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.engine import Database
from db.events import load_event
from db.requests import load_request, store_request
from db.tables import AnswerRow, EventRow
from domain.event import EventKind, Outcome, ignored
from operations.prune import prunable, prune
from operations.reread import Rereading
from reading.reader import Reader
from storefronts.gumroad.storefront import Gumroad
from tests.db.rows import NOON
from tests.support.person import SOLD, TYPO, event_of, keep_person, left_in, sale_body
from tests.support.pings import new_event

SHOPS = {"gumroad": Gumroad()}
LATER = SOLD + timedelta(days=1)


def ended(outcome: str | None, kind: str = "sale") -> Callable[[Session], int]:
    def store(session: Session) -> int:
        event_id = store_request(session, new_event(sale_body("ada-2"), "ada-2", kind))
        values = {"outcome": outcome, "closed_at": None if outcome is None else NOON}
        session.execute(update(EventRow).where(EventRow.id == event_id).values(**values))
        return event_id

    return store


@pytest.fixture
def sold(database: Database) -> int:
    database.write_here(keep_person)
    return database.read_here(event_of, "ada-1")


def test_request_and_answers_of_a_closed_event_are_dropped(database: Database, sold: int) -> None:
    assert prunable(database, LATER) == 1
    assert prune(database, LATER) == {"requests": 1, "answers": 1}
    request = database.read_here(load_request, sold)
    assert (request.body, request.headers, request.sender) == (b"", (), None)
    assert request.dropped_at is not None
    bodies = database.read_here(lambda session: session.scalars(select(AnswerRow.body)).all())
    assert bodies == [b""]
    assert database.read_here(load_event, sold).outcome == "fulfilled"
    assert any(place.startswith("sales.email") for place in left_in(database, (TYPO,)))


def test_a_second_time_drops_nothing(database: Database, sold: int) -> None:
    del sold
    prune(database, LATER)
    assert prune(database, LATER) == {"requests": 0, "answers": 0}
    assert prunable(database, LATER) == 0


@pytest.mark.parametrize("outcome", [None, Outcome.FAILED])
def test_an_event_that_may_run_keeps_its_request(database: Database, outcome: str | None) -> None:
    event = database.write_here(ended(outcome))
    prune(database, LATER)
    assert database.read_here(load_request, event).body != b""


def test_an_event_that_closed_later_keeps_its_request(database: Database, sold: int) -> None:
    prune(database, NOON)
    assert database.read_here(load_request, sold).body != b""


async def test_a_dropped_event_is_not_read_again(database: Database) -> None:
    event = database.write_here(ended(ignored(EventKind.REFUND), EventKind.REFUND))
    prune(database, LATER)
    reader = Reader(database, SHOPS)
    reading = await reader.read(await reader.load(event))
    assert "was dropped on" in str(reading.ends)

    async def decide(_: object) -> object:
        raise AssertionError

    (found,) = await Rereading(database, SHOPS, decide).read()  # type: ignore[arg-type] # never asked
    assert found.facts == ()
    assert found.problem is not None
    assert "`mintpost prune`" in found.problem
