"""Limits of the load: bad keys of an address, and devices that come and go."""

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from api.online.rates import Rates
from api.online.windows import Rate
from db.devices import list_devices
from db.engine import Database
from domain.license import License
from licensing.keys import new_key
from tests.db.rows import sale_of
from tests.support.online import PRODUCTS, Given, OnlineApi, online_api, put, sell
from tests.support.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def code(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["code"])


def refused(answer: httpx.Response) -> int:
    """Return the pause that the app is asked to make."""
    assert answer.status_code == 429
    document = answer.json()
    assert (list(document), document["code"]) == (["code", "field", "message"], "TOO_MANY")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Retry-After"
    return int(answer.headers["retry-after"])


@pytest.mark.usefixtures("resting_loops")
@ON_SQLITE
async def test_an_address_may_ask_for_so_many_bad_keys_and_a_good_key_is_answered_all_the_same(
    database: Database, tmp_path: Path
) -> None:
    known, other = sell(database), sell(database, sale_of("order-2"))
    rates = Rates(bad_keys=Rate(3, timedelta(minutes=1)))
    async with online_api(database, tmp_path, Given(rates=rates)) as apps:
        assert code(await apps.ask("validate", key=known.key)) == "VALID"
        for key in (new_key(), "mistyped", new_key()):
            assert code(await apps.ask("validate", key=key)) in {"UNKNOWN_KEY", "MISTYPED_KEY"}
        statements: list[object] = []
        event.listen(database.engine, "before_cursor_execute", lambda *one: statements.append(one))
        for verb in ("validate", "activate", "deactivate"):
            assert 1 <= refused(await apps.ask(verb, key=new_key(), device="d")) <= 60
        assert statements == []
        assert code(await apps.ask("validate", key=known.key)) == "VALID"
        refused(await apps.ask("validate", key=other.key))


@ON_SQLITE
async def test_good_validations_are_unlimited(database: Database, tmp_path: Path) -> None:
    key = sell(database).key
    rates = Rates(bad_keys=Rate(1, timedelta(minutes=1)), changes=Rate(1, timedelta(hours=1)))
    async with online_api(database, tmp_path, Given(rates=rates)) as apps:
        for _ in range(10):
            assert code(await apps.ask("validate", key=key, device="d")) == "VALID"


@ON_SQLITE
async def test_devices_of_one_license_come_and_go_so_often_in_an_hour(
    database: Database, tmp_path: Path
) -> None:
    key, other = sell(database).key, sell(database, sale_of("order-2")).key
    rates = Rates(changes=Rate(3, timedelta(hours=1)))
    async with online_api(database, tmp_path, Given(rates=rates)) as apps:
        for verb in ("activate", "deactivate", "activate"):
            await apps.ask(verb, key=key, device="d")
        for verb, device in (("activate", "another"), ("deactivate", "d")):
            assert 1 <= refused(await apps.ask(verb, key=key, device=device)) <= 3600
        # Nothing changes here, so the bound does not matter.
        assert code(await apps.ask("activate", key=key, device="d")) == "VALID"
        assert code(await apps.ask("deactivate", key=key, device="x")) == "DEVICE_NOT_ACTIVATED"
        assert code(await apps.ask("activate", key=other, device="d")) == "VALID"


@ON_SQLITE
async def test_a_shared_key_gains_nothing_by_releases(apps: OnlineApi, database: Database) -> None:
    key = sell(database, device_limit=1).key
    for number in range(4):
        assert code(await apps.ask("activate", key=key, device=f"{number}")) == "VALID"
        assert code(await apps.ask("deactivate", key=key, device=f"{number}")) == "DEACTIVATED"
    await apps.ask("activate", key=key, device="the last")
    assert refused(await apps.ask("deactivate", key=key, device="the last")) == 24 * 3600
    apps.clock.now += timedelta(days=31)
    assert code(await apps.ask("deactivate", key=key, device="the last")) == "DEACTIVATED"


async def seen(database: Database, license_: License, at: datetime) -> None:
    """Wait for the note of a device's day, for which no app waits."""

    async def look() -> bool | None:
        devices = await database.read(list_devices, license_.id)
        return True if at in {device.last_seen for device in devices} else None

    await until(look, "the day of a question is noted")


async def test_a_device_unseen_for_long_gives_way_if_the_app_says_so(
    database: Database, tmp_path: Path
) -> None:
    products = f"{PRODUCTS}    devices: 1\n    release_after: 7\n"
    license_ = sell(database)
    async with online_api(database, tmp_path, Given(products)) as apps:
        for device in ("first", "second"):  # One device for each of the two seats.
            assert code(await apps.ask("activate", key=license_.key, device=device)) == "VALID"
        apps.clock.now += timedelta(days=6)
        wish = {"key": license_.key, "device": "third"}
        assert code(await apps.ask("activate", **wish, replace=True)) == "DEVICE_LIMIT"
        await apps.ask("validate", key=license_.key, device="first")
        await seen(database, license_, apps.clock.now)
        apps.clock.now += timedelta(days=1)
        assert code(await apps.ask("activate", **wish)) == "DEVICE_LIMIT"
        answer = await apps.ask("activate", **wish, replace=True)
        assert (code(answer), answer.json()["devices"]) == ("VALID", {"used": 2, "limit": 2})
        gone = await apps.ask("validate", key=license_.key, device="second")
        assert code(gone) == "DEVICE_NOT_ACTIVATED"
        put(database, license_, device_limit=3)
        assert code(await apps.ask("activate", key=license_.key, device="second")) == "VALID"
