"""`mintpost find` and `show` on a terminal: the only sale with its key, its mail and what to do."""

import asyncio
import json
import re
from dataclasses import dataclass

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.engine import Database
from db.resends import NewResend, ask_resends
from db.tables import DeliveryRow, EventRow
from kit.clock import utc_now
from tests.db.rows import BUYER, mint as mint_sale, sale_of, store_event
from tests.support.commanding import Run

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
WHY = "typing error, told by telephone"


@dataclass(frozen=True, slots=True)
class Sold:
    database: Database
    key: str


@pytest.fixture
def sold(clean: pytest.MonkeyPatch, database: Database) -> Sold:
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    clean.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")

    def sell(session: Session) -> str:
        license_ = mint_sale(session, sale_of()).license
        accepted = {"status": "accepted", "provider": "postmark", "sent_at": utc_now()}
        session.execute(update(DeliveryRow).values(accepted))
        session.execute(update(EventRow).values(outcome="fulfilled"))
        ask_resends(session, NewResend("gumroad", "order-1", None, "mona@desk", WHY), utc_now())
        return license_.key

    return Sold(database, database.write_here(sell))


async def told(mint: Run, *words: str, terminal: int | None = 80) -> list[str]:
    answer = await asyncio.to_thread(mint, *words, terminal=terminal)
    assert (answer.code, answer.err) == (0, "")
    return ESCAPES.sub("", answer.out).splitlines()


async def test_only_sale_comes_with_key_mail_and_commands(sold: Sold, mint: Run) -> None:
    lines = await told(mint, "find", BUYER)
    whole = [" ".join(line.split()) for line in lines]
    assert whole[whole.index(f"license {sold.key}") + 1] == "active, pro, 2 seats, never ends"
    assert any(line.startswith(f"e-mail accepted to {BUYER} 20") for line in whole)
    assert f"e-mail pending to {BUYER}" in whole
    assert f"asked for by mona@desk: {WHY}" in whole
    assert "mintpost show gumroad:order-1 # shows it whole" in whole
    assert max(map(len, lines)) <= 80


async def test_sale_that_waits_comes_with_its_sentence(sold: Sold, mint: Run) -> None:
    def park(session: Session) -> None:
        event = store_event(session, "order-1")
        waiting = {"error": "Postmark refuses POSTMARK_TOKEN"}
        session.execute(update(EventRow).filter_by(id=event).values(waiting))

    sold.database.write_here(park)
    whole = [" ".join(line.split()) for line in await told(mint, "find", sold.key)]
    assert "parked Postmark refuses POSTMARK_TOKEN" in whole
    assert any(line.startswith("mintpost retry gumroad:order-1") for line in whole)


@pytest.mark.usefixtures("sold")
async def test_pipe_gets_the_row_alone(mint: Run) -> None:
    header, row = await told(mint, "find", BUYER, terminal=None)
    assert header.split() == ["id", "sold", "status", "price", "order"]
    assert "gumroad:order-1" in row


@pytest.mark.usefixtures("sold")
async def test_nothing_found_says_where_else_to_look(mint: Run) -> None:
    assert await told(mint, "find", "nobody@example.org", terminal=None) == ["no sales"]
    lines = await told(mint, "find", "nobody@example.org")
    assert lines[0] == "no sales"
    assert "`mintpost events --status failed`" in " ".join(lines)


@pytest.mark.usefixtures("sold")
async def test_show_says_by_what_it_found_the_sale(mint: Run) -> None:
    for text, said in [(BUYER, True), ("order-1", False), ("gumroad:order-1", False)]:
        lines = await told(mint, "show", text)
        assert lines[0] == "gumroad:order-1"
        assert (f"found by {text}" in lines) is said


@pytest.mark.usefixtures("sold")
async def test_show_says_who_resent_and_why(mint: Run) -> None:
    lines = [" ".join(line.split()) for line in await told(mint, "show", "order-1")]
    asked = lines.index("asked by mona@desk")
    assert lines[asked + 1] == f"asked why {WHY}"
    assert re.fullmatch(r"asked at 20.* UTC, \d+ s ago", lines[asked + 2])
    (answer,) = [await asyncio.to_thread(mint, "show", "order-1", "--json")]
    (resend,) = json.loads(answer.out)["resends"]
    assert (resend["asked_by"], resend["asked_why"], resend["delivery_id"]) == ("mona@desk", WHY, 2)


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("width", [80, 100, 160])
async def test_show_fits_the_terminal_and_tells_times_with_zone_and_age(
    mint: Run, width: int
) -> None:
    lines = await told(mint, "show", "order-1", terminal=width)
    assert max(map(len, lines)) <= width
    times = [line for line in lines if re.search(r"\d\d:\d\d", line)]
    assert times
    assert all(" UTC" in line for line in times)
    assert any(re.search(r"received at +2026-09-01 12:00 UTC, \d+ \w+ ago", line) for line in lines)
