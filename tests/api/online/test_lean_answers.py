"""An answer needs the database alone, and a validation writes nothing but the day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, event

from db.devices import list_devices
from db.engine import Database, open_engine
from domain.license import License
from licensing.keys import new_key
from tests.support.online import Given, OnlineApi, online_api, sell
from tests.support.outages import database_away
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def asked_to_come_again(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.json()["code"] == "UNAVAILABLE"
    assert "valid" not in answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"


@ON_POSTGRES
async def test_without_the_database_no_key_is_judged(database_url: URL, tmp_path: Path) -> None:
    database = Database(open_engine(database_url, patience_seconds=0.2))
    key = sell(database).key
    async with online_api(database, tmp_path) as apps:
        with database_away(database_url):
            for verb in ("validate", "activate", "deactivate"):
                for asked in (key, new_key()):
                    asked_to_come_again(await apps.ask(verb, key=asked, device="d"))
        assert (await apps.ask("validate", key=key)).json()["code"] == "VALID"
    database.dispose()


@ON_SQLITE
async def test_a_locked_file_stops_activations_and_no_validation(
    database_url: URL, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(open_engine(database_url, patience_seconds=0.2))
    key = sell(database).key
    async with online_api(database, tmp_path) as apps:
        await apps.ask("activate", key=key, device="d")
        apps.clock.now += timedelta(days=1)
        with database_away(database_url):
            asked_to_come_again(await apps.ask("activate", key=key, device="another"))
            # The day of the question cannot be noted, and that is no app's matter.
            answer = await apps.ask("validate", key=key, device="d")
            assert answer.json()["code"] == "VALID"

            async def told() -> bool | None:
                return True if "the day of a question was not noted" in caplog.text else None

            await until(told, "the log tells of the day")
    database.dispose()


@ON_SQLITE
async def test_an_answer_that_takes_too_long_is_no_answer(
    database: Database, tmp_path: Path
) -> None:
    key = sell(database).key
    async with online_api(database, tmp_path, Given(patience=timedelta(0))) as apps:
        asked_to_come_again(await apps.ask("validate", key=key))


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*executed: object) -> None:
        seen.append(str(executed[2]).split(maxsplit=1)[0])

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def last_seen(database: Database, license_: License) -> set[str]:
    devices = database.read_here(list_devices, license_.id)
    return {f"{device.last_seen:%Y-%m-%d}" for device in devices}


@pytest.mark.usefixtures("resting_loops")
async def test_a_validation_reads_little_and_writes_the_day_once(
    apps: OnlineApi, database: Database
) -> None:
    license_ = sell(database)
    mine = {"key": license_.key, "device": "d"}
    await apps.ask("activate", **mine)
    with statements_of(database) as seen:
        for _ in range(3):
            assert (await apps.ask("validate", **mine)).json()["code"] == "VALID"
            assert (await apps.ask("activate", **mine)).json()["code"] == "VALID"
    assert {word for word in seen if word != "BEGIN"} == {"SELECT"}
    assert seen.count("SELECT") <= 2 * 6
    apps.clock.now += timedelta(days=1)
    with statements_of(database) as seen:
        await apps.ask("validate", **mine)

        async def noted() -> bool | None:
            return True if last_seen(database, license_) == {"2026-09-02"} else None

        await until(noted, "the day is noted")
        await apps.ask("validate", **mine)
    assert seen.count("UPDATE") == 1


@pytest.mark.usefixtures("resting_loops")
@ON_SQLITE
async def test_a_bad_key_costs_no_more_than_a_known(apps: OnlineApi, database: Database) -> None:
    key = sell(database).key
    with statements_of(database) as known:
        await apps.ask("validate", key=key, device="d")
    for bad_key in (new_key(), "9F86D081-884C7D65-9A2FEAA0-C55AD015"):
        with statements_of(database) as bad:
            await apps.ask("validate", key=bad_key, device="d")
        assert len(bad) <= len(known)
