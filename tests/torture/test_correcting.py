"""The operator corrects as `mintpost resend --to` does, and retries until it is recorded."""

import asyncio
import shutil
from pathlib import Path

from sqlalchemy import URL, update
from sqlalchemy.orm import Session

from db.engine import Database, open_engine
from db.tables import DeliveryRow, EventRow
from db.views.corrections import list_corrections
from kit.clock import utc_now
from tests.db.correcting import RIGHT, corrected, line, owed
from tests.db.rows import BUYER, store_event
from torture.correcting import Operator
from torture.gathering import attempts_of, open_rows, runs_of
from torture.orders import Order
from torture.plan import Correction

SALE = Correction(0, Order("order-1", BUYER), RIGHT, waits=True)


def operator_of(database: Database) -> tuple[Operator, list[str]]:
    said: list[str] = []
    return Operator(database, "gumroad", {"another"}, said.append), said


async def test_a_correction_is_recorded_with_the_attempts_so_far(database: Database) -> None:
    sale = owed(database)
    database.write_here(lambda session: session.execute(update(DeliveryRow).values(attempts=3)))
    operator, said = operator_of(database)
    before = utc_now()
    await operator.correct_all([SALE])
    (recorded,) = operator.recorded
    assert (recorded.order_id, recorded.attempts[sale]) == ("order-1", 3)
    assert before <= recorded.at <= utc_now()
    (resend,) = set(recorded.attempts) - {sale}
    assert (line(database, resend).to, line(database, sale).superseded_by) == (RIGHT, resend)
    assert said == ["the address of order-1 is corrected"]
    assert operator.refused == {"another"}


async def test_the_operator_waits_for_the_first_request_of_the_order_and_asks_once(
    database: Database,
) -> None:
    operator, _ = operator_of(database)
    correcting = asyncio.create_task(operator.correct_all([SALE]))
    await asyncio.sleep(0)
    assert operator.refused == {"another", BUYER}
    assert not correcting.done()
    await database.write(store_event)
    await correcting
    assert [each.attempts for each in operator.recorded] == [{}]
    (kept,) = database.read_here(list_corrections, "gumroad", "order-1")
    assert (kept.to, kept.asked_why) == (RIGHT, "mistyped")


async def test_the_operator_waits_for_an_unavailable_database(sqlite: URL, tmp_path: Path) -> None:
    file = tmp_path / "away" / "mintpost.db"
    database = Database(open_engine(URL.create("sqlite", database=str(file))))
    operator, _ = operator_of(database)
    correcting = asyncio.create_task(operator.correct_all([SALE]))
    await asyncio.sleep(0)
    file.parent.mkdir()
    shutil.copyfile(str(sqlite.database), file)
    await database.write(store_event)
    await correcting
    assert [each.order_id for each in operator.recorded] == ["order-1"]
    database.dispose()


async def test_an_abandoned_correction_stops_refusing_mails(database: Database) -> None:
    operator, said = operator_of(database)
    correcting = asyncio.create_task(operator.correct_all([SALE]))
    await asyncio.sleep(0)
    correcting.cancel()
    await asyncio.gather(correcting, return_exceptions=True)
    assert (operator.refused, operator.recorded, said) == ({"another"}, [], [])


def test_a_recorded_correction_is_not_asked_for_again(database: Database) -> None:
    assert database.read_here(attempts_of, "gumroad", "order-1") is None
    owed(database)
    assert database.read_here(attempts_of, "gumroad", "order-1") is None
    corrected(database)
    assert database.read_here(attempts_of, "gumroad", "order-1") == {1: 0, 2: 0}
    assert database.read_here(attempts_of, "gumroad", "order-2") is None


def test_a_mail_that_a_person_asked_for_is_waited_for(database: Database) -> None:
    owed(database)
    database.write_here(_settled)
    assert database.read_here(open_rows) == 0
    resend = corrected(database)
    assert database.read_here(open_rows) == 1
    sent = update(DeliveryRow).where(DeliveryRow.id == resend).values(status="accepted")
    database.write_here(lambda session: session.execute(sent))
    assert database.read_here(open_rows) == 0


def test_a_resend_may_be_sent_by_its_own_run_or_by_its_sales(database: Database) -> None:
    sale = owed(database)
    assert database.read_here(runs_of, "gumroad", sale) == ("gumroad:order-1",)
    runs = ("gumroad:order-1", "gumroad:order-1:resend:1")
    assert database.read_here(runs_of, "gumroad", corrected(database)) == runs


def _settled(session: Session) -> None:
    session.execute(update(EventRow).values(outcome="fulfilled"))
