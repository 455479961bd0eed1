"""No app takes from the others what their answers need."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, event, insert

from api.online.rates import Rates
from api.online.windows import Rate
from db.devices import list_devices
from db.engine import THREADS, Database, open_engine
from db.tables import DeviceRow
from operations.online import MOST_TOLD
from tests.db.rows import NOON
from tests.support.online import Given, OnlineApi, online_api, sell
from tests.support.outages import database_away
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def code(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


@ON_SQLITE
async def test_days_that_cannot_be_noted_hold_no_thread_that_an_answer_needs(
    database_url: URL, tmp_path: Path
) -> None:
    patient = Database(open_engine(database_url, patience_seconds=60))
    license_ = sell(patient)
    devices = [f"{number}" for number in range(THREADS + 1)]
    async with online_api(patient, tmp_path) as apps:
        for device in devices:
            await apps.ask("activate", key=license_.key, device=device)
        apps.clock.now += timedelta(days=1)
        with database_away(database_url):
            async with asyncio.timeout(30):
                for device in devices:
                    answer = await apps.ask("validate", key=license_.key, device=device)
                    assert code(answer) == "VALID"

        async def noted() -> bool | None:
            known = await patient.read(list_devices, license_.id)
            return True if {one.last_seen for one in known} == {apps.clock.now} else None

        await until(noted, "each day is noted as soon as that is possible")
    patient.dispose()


@ON_SQLITE
async def test_activations_that_wait_for_a_lock_hold_no_thread_that_a_validation_needs(
    database_url: URL, tmp_path: Path
) -> None:
    patient = Database(open_engine(database_url, patience_seconds=60))
    key = sell(patient).key
    begun: list[str] = []
    async with online_api(patient, tmp_path) as apps, asyncio.TaskGroup() as waiting:
        with database_away(database_url):
            event.listen(
                patient.engine, "before_cursor_execute", lambda *one: begun.append(str(one[2]))
            )
            wishes = [
                waiting.create_task(apps.ask("activate", key=key, device=f"{number}"))
                for number in range(2 * THREADS)
            ]

            async def all_wait() -> bool | None:
                return True if begun.count("BEGIN IMMEDIATE") >= THREADS else None

            await until(all_wait, "the activations wait for the lock")
            async with asyncio.timeout(30):
                assert code(await apps.ask("validate", key=key)) == "VALID"
        answers = [code(await wish) for wish in wishes]
    assert answers == ["VALID"] * len(answers)
    patient.dispose()


@ON_SQLITE
async def test_a_device_too_many_is_refused_without_a_write(
    database_url: URL, tmp_path: Path
) -> None:
    database = Database(open_engine(database_url, patience_seconds=0.2))
    key = sell(database, device_limit=1).key
    async with online_api(database, tmp_path) as apps:
        assert code(await apps.ask("activate", key=key, device="first")) == "VALID"
        with database_away(database_url):
            assert code(await apps.ask("activate", key=key, device="second")) == "DEVICE_LIMIT"
    database.dispose()


@ON_SQLITE
async def test_a_license_of_many_devices_lists_those_unseen_for_longest(
    apps: OnlineApi, database: Database
) -> None:
    many = MOST_TOLD + 1
    license_ = sell(database, device_limit=many)
    rows = [
        {
            "license_id": license_.id,
            "device_hash": f"{number:032x}",
            "label": f"{number}",
            "activated_at": NOON,
            "last_seen": NOON - timedelta(days=number),
        }
        for number in range(many)
    ]
    database.write_here(lambda session: session.execute(insert(DeviceRow), rows))
    answer = await apps.ask("activate", key=license_.key, device="one more")
    told = answer.json()["devices"]
    assert (code(answer), told["used"], len(told["list"])) == ("DEVICE_LIMIT", many, MOST_TOLD)
    assert told["list"][0]["label"] == f"{many - 1}"


@ON_SQLITE
async def test_labels_may_change_as_often_as_devices(database: Database, tmp_path: Path) -> None:
    key = sell(database).key
    rates = Rates(changes=Rate(3, timedelta(hours=1)))
    async with online_api(database, tmp_path, Given(rates=rates)) as apps:
        for label in ("one", "two", "three", "three"):
            assert code(await apps.ask("activate", key=key, device="d", label=label)) == "VALID"
        answer = await apps.ask("activate", key=key, device="d", label="four")
        assert (answer.status_code, code(answer)) == (429, "TOO_MANY")
