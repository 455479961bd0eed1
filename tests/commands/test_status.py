"""`mintpost status` on a terminal, in a pipe, and for a program."""

import json
import re

import pytest
from sqlalchemy.orm import Session

from db.engine import Database
from db.requests import store_request
from db.tables import EventRow
from kit.clock import utc_now
from tests.db.rows import new_request
from tests.support.commanding import Run

UNMAPPED = 'unmapped product "{}": add it under gumroad in products.yaml'
ORDER = "order;rm -rf"
"""A shell must not take it for two commands."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def parked(database: Database, clean: pytest.MonkeyPatch) -> Database:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    for number in range(8):
        database.write_here(park, number)
    return database


def park(session: Session, number: int) -> None:
    """Store events of eight causes, the first of them with the fewest."""
    for each in range(number + 1):
        request = new_request(f"{ORDER}-{number}-{each}", received_at=utc_now())
        event_id = store_request(session, request)
        session.get_one(EventRow, event_id).error = UNMAPPED.format(number)


@pytest.mark.usefixtures("parked")
@pytest.mark.parametrize("width", [80, 160])
def test_a_screen_shows_the_largest_groups_and_the_next_command(mint: Run, width: int) -> None:
    answer = mint("status", terminal=width)
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in answer.out.splitlines()]

    assert answer.code == 0
    assert lines[0] == "Waits"
    assert lines[1].startswith("  8 parked of gumroad, the oldest ")
    assert lines[2].strip() == UNMAPPED.format(7)
    assert lines[3].strip() == f"mintpost retry 'gumroad:{ORDER}-7-0'"
    assert "  6 more of 3 causes: mintpost events --status parked" in lines
    assert [len(line) for line in lines if len(line) > width] == []
    assert len(lines) < 24
    assert lines[-2:] == ["Next", f"  mintpost retry 'gumroad:{ORDER}-7-0'"]


@pytest.mark.usefixtures("parked")
def test_a_program_gets_every_group(mint: Run) -> None:
    found = json.loads(mint("status", "--json").out)

    assert [each["count"] for each in found["waiting"]] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert found["last_day"]["events"] == [{"source": "gumroad", "outcome": None, "count": 36}]
    assert found["next"] == found["waiting"][0]["remedy"]
    assert (found["failed"], found["alerts"], found["undelivered"]) == ([], [], [])


def test_a_quiet_shop_is_told_in_a_word(
    mint: Run, clean: pytest.MonkeyPatch, database: Database
) -> None:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    answer = mint("status")

    assert answer.out == ("Nothing waits, and nothing failed.\nLast 24 hours\n  no event came in\n")
