"""A person who asked for e-mails waits for those, and no other row is read."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

import operations.deliveries
from db.engine import Database
from db.tables import DeliveryRow
from db.views.lists import DeliveryLine, Filters, list_deliveries
from domain.delivery import DeliveryStatus
from operations.deliveries import what_came
from tests.db.rows import NOON, mint, sale_of
from tests.support.waiting import until

LONG = timedelta(minutes=1)


def owe(database: Database, count: int) -> list[int]:
    """Owe e-mails beside the one of the sale, and return their ids."""
    license_id = database.write_here(mint, sale_of()).license.id
    rows = [
        {
            "license_id": license_id,
            "reason": f"resend:{number}",
            "to": "ada.buyer@example.com",
            "status": DeliveryStatus.PENDING,
            "attempts": 0,
            "created_at": NOON,
        }
        for number in range(1, count + 1)
    ]
    adding = insert(DeliveryRow).returning(DeliveryRow.id)
    return list(database.write_here(lambda session: session.scalars(adding, rows).all()))


def mark(database: Database, delivery_id: int, status: DeliveryStatus) -> None:
    change = update(DeliveryRow).where(DeliveryRow.id == delivery_id).values(status=status)
    database.write_here(lambda session: session.execute(change))


async def test_only_the_asked_for_mails_are_waited_for(database: Database) -> None:
    asked, other = owe(database, 2)
    waiting = asyncio.create_task(what_came(database, [asked], LONG))
    mark(database, asked, DeliveryStatus.ACCEPTED)
    (line,) = await waiting
    assert (line.id, line.status) == (asked, "accepted")
    (still,) = await what_came(database, [other], timedelta(0))
    assert (still.id, still.status) == (other, "pending")


@pytest.mark.parametrize("status", [each for each in DeliveryStatus if each != "pending"])
async def test_mail_of_each_final_state_ends_the_wait(
    database: Database, status: DeliveryStatus
) -> None:
    (asked,) = owe(database, 1)
    mark(database, asked, status)
    assert [line.status for line in await what_came(database, [asked], LONG)] == [status]


async def test_more_mails_than_a_query_takes_come_newest_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations.deliveries, "AT_ONCE", 2)
    asked = owe(database, 5)
    mark(database, asked[0], DeliveryStatus.LOGGED)
    found = await what_came(database, asked, timedelta(0))
    assert [line.id for line in found] == asked[::-1]


async def test_unknown_id_is_not_waited_for(database: Database) -> None:
    assert await what_came(database, [4711], LONG) == []


async def test_mails_that_become_one_while_a_person_waits_are_told_as_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def look(session: Session, filters: Filters) -> list[DeliveryLine]:
        found = list_deliveries(session, filters)
        looks.append(len(found))
        return found

    async def has_seen_two() -> bool | None:
        return 2 in looks or None

    monkeypatch.setattr(operations.deliveries, "list_deliveries", look)
    first, second = owe(database, 2)
    waiting = asyncio.create_task(what_came(database, [first, second], LONG))
    await until(has_seen_two, "the person has seen two mails")
    joined = update(DeliveryRow).where(DeliveryRow.id == second).values(carried_by=first)
    await database.write(Session.execute, joined)
    sent = update(DeliveryRow).where(DeliveryRow.id.in_([first, second]))
    await database.write(Session.execute, sent.values(status=DeliveryStatus.ACCEPTED))

    (line,) = await waiting
    assert (line.id, line.status) == (first, "accepted")
