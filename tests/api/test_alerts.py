"""Alerts: each cause once an hour, one closing note, and nothing while all is well."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from db.engine import Database, open_engine
from db.tables import AlertRow, DigestRow
from tests.api.alerting import FAILED, MINUTE, REFUSED, WORKER, Alerting, alerting
from tests.support.alert_receiver import Receiver, receiving
from tests.support.outages import database_away

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOUR = timedelta(hours=1)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def api(database: Database, receiver: Receiver, tmp_path: Path) -> AsyncIterator[Alerting]:
    async with alerting(database, receiver, tmp_path) as started:
        yield started


async def digests(database: Database) -> list[str]:
    return await database.read(lambda session: list(_subjects(session)))


def _subjects(session: Session) -> list[str]:
    return list(session.scalars(select(DigestRow.subject).order_by(DigestRow.id)))


@ON_SQLITE
async def test_nothing_is_told_or_written_while_all_is_well(
    api: Alerting, receiver: Receiver, database: Database
) -> None:
    for _ in range(3):
        await api.look(after=MINUTE)
    assert (receiver.calls, await digests(database)) == (0, [])


async def test_a_new_cause_is_told_at_once_and_again_after_an_hour(
    api: Alerting, receiver: Receiver, database: Database
) -> None:
    await api.look(REFUSED)
    await receiver.got(1)
    await api.stand(REFUSED, span=59 * MINUTE)
    assert receiver.causes() == [["refused:gumroad"]]
    await api.look(REFUSED, after=MINUTE)
    await receiver.got(2)
    assert receiver.causes() == [["refused:gumroad"]] * 2
    assert len(await digests(database)) == 2


@ON_SQLITE
async def test_one_digest_tells_all_causes_that_are_due(api: Alerting, receiver: Receiver) -> None:
    await api.look(REFUSED, FAILED)
    (body,) = await receiver.got(1)
    assert receiver.causes() == [["failed:gumroad:1", "refused:gumroad"]]
    assert body["status"] == "firing"
    assert "gumroad: 1 call refused" in body["text"]
    await api.look(REFUSED, FAILED, WORKER, after=MINUTE)
    assert len(receiver.bodies) == 1


@ON_SQLITE
async def test_a_trouble_that_passes_soon_is_not_told(api: Alerting, receiver: Receiver) -> None:
    await api.stand(WORKER, span=4 * MINUTE)
    await api.stand(span=10 * MINUTE)
    assert receiver.calls == 0


@ON_SQLITE
async def test_a_trouble_that_lasts_is_told_with_its_begin(
    api: Alerting, receiver: Receiver
) -> None:
    await api.stand(WORKER, span=6 * MINUTE)
    (body,) = await receiver.got(1)
    (told,) = body["alerts"]
    assert (told["cause"], told["since"]) == ("worker", "2026-09-01T12:01:00Z")


@ON_SQLITE
async def test_one_closing_note_when_all_is_well(
    api: Alerting, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.alerts")
    await api.look(REFUSED, FAILED)
    await receiver.got(1)
    await api.stand(FAILED, span=5 * MINUTE)
    assert len(receiver.bodies) == 1
    await api.stand(span=10 * MINUTE)
    notes = (await receiver.got(2))[1:]
    assert [note["status"] for note in notes] == ["resolved"]
    assert "All is well again" in notes[0]["text"]
    assert "gumroad: one failed" in notes[0]["text"]
    levels = [each.levelname for each in caplog.records if each.message.startswith("alert: ")]
    assert levels == ["WARNING", "INFO"]
    await api.stand(span=2 * HOUR)
    assert len(receiver.bodies) == 2


@ON_SQLITE
async def test_a_cause_that_flaps_is_told_once_an_hour(api: Alerting, receiver: Receiver) -> None:
    for _ in range(5):
        await api.stand(REFUSED, span=5 * MINUTE)
        await api.stand(span=5 * MINUTE)
    statuses = [body["status"] for body in await receiver.got(2)]
    assert statuses == ["firing", "resolved"]


@ON_SQLITE
async def test_what_has_happened_is_repeated_daily_or_when_more_happens(
    api: Alerting, receiver: Receiver
) -> None:
    await api.look(FAILED)
    await api.stand(FAILED, span=3 * HOUR)
    assert len(await receiver.got(1)) == 1
    await api.look(replace(FAILED, count=2), after=MINUTE)
    assert len(await receiver.got(2)) == 2
    # One is done, and another has happened.
    await api.look(FAILED, after=MINUTE)
    await api.look(replace(FAILED, count=2), after=MINUTE)
    await api.stand(replace(FAILED, count=2), span=HOUR)
    assert len(await receiver.got(3)) == 3


async def test_two_processes_tell_a_cause_once(
    database: Database, database_url: URL, receiver: Receiver, tmp_path: Path
) -> None:
    second = Database(open_engine(database_url))
    async with (
        alerting(database, receiver, tmp_path) as one,
        alerting(second, receiver, tmp_path / "second") as other,
    ):
        await one.look(REFUSED)
        await other.look(REFUSED, after=MINUTE)
        await one.look(REFUSED, after=2 * MINUTE)
        await receiver.got(1)
        # A cause that one process alone sees, such as its spool, is not over for the other.
        await other.look(after=2 * MINUTE)
    second.dispose()
    assert receiver.causes() == [["refused:gumroad"]]
    assert len(await digests(database)) == 1


async def test_alerts_are_told_once_while_the_database_is_away(
    database_url: URL, receiver: Receiver, tmp_path: Path
) -> None:
    database = Database(open_engine(database_url, patience_seconds=0.1))
    async with alerting(database, receiver, tmp_path) as api:
        with database_away(database_url):
            await api.look(REFUSED)
            await receiver.got(1)
            await api.look(REFUSED, after=MINUTE)
        async with alerting(database, receiver, tmp_path) as restarted:
            await restarted.look(REFUSED, after=3 * MINUTE)
            assert receiver.causes() == [["refused:gumroad"]]
            await restarted.stand(span=5 * MINUTE)
            assert [body["status"] for body in await receiver.got(2)] == ["firing", "resolved"]
    kept = await database.read(lambda session: len(session.scalars(select(AlertRow)).all()))
    database.dispose()
    assert kept == 1
    assert not (tmp_path / "alerts.json").exists()
