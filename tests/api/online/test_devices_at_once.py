"""Devices come and go at the same time, through one API and through two."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

from db.devices import list_devices
from db.engine import Database
from domain.license import License
from tests.support.online import OnlineApi, online_api, sell
from tests.support.statements import CompiledOnce


@pytest.fixture
async def both(
    apps: OnlineApi, database_url: URL, tmp_path: Path, compiled_once: CompiledOnce
) -> AsyncIterator[tuple[OnlineApi, OnlineApi]]:
    """Run a second API on the same database, with connections of its own."""
    database = Database(compiled_once.opened(database_url))
    async with online_api(database, tmp_path) as second:
        yield apps, second
    database.dispose()


def codes(answers: list[httpx.Response]) -> Counter[str]:
    assert {answer.status_code for answer in answers} == {200}
    return Counter(answer.json()["code"] for answer in answers)


def devices_of(database: Database, license_: License) -> int:
    return len(database.read_here(list_devices, license_.id))


async def test_the_same_device_50_times_at_once_takes_one_place(
    both: tuple[OnlineApi, OnlineApi], database: Database
) -> None:
    license_ = sell(database, device_limit=3)
    answers = await asyncio.gather(
        *(both[number % 2].ask("activate", key=license_.key, device="d") for number in range(50))
    )
    assert codes(answers) == {"VALID": 50}
    assert {answer.json()["devices"]["used"] for answer in answers} == {1}
    assert devices_of(database, license_) == 1


async def test_50_devices_at_once_take_the_three_places_that_there_are(
    both: tuple[OnlineApi, OnlineApi], database: Database
) -> None:
    license_ = sell(database, device_limit=3)
    answers = await asyncio.gather(
        *(
            both[number % 2].ask("activate", key=license_.key, device=f"device {number}")
            for number in range(50)
        )
    )
    assert codes(answers) == {"VALID": 3, "DEVICE_LIMIT": 47}
    assert devices_of(database, license_) == 3


async def test_a_place_is_released_and_taken_at_the_same_time(
    both: tuple[OnlineApi, OnlineApi], database: Database
) -> None:
    first, second = both
    license_ = sell(database, device_limit=1)
    await first.ask("activate", key=license_.key, device="old")
    released, *taken = await asyncio.gather(
        first.ask("deactivate", key=license_.key, device="old"),
        *(second.ask("activate", key=license_.key, device=f"new {one}") for one in range(5)),
        *(first.ask("activate", key=license_.key, device=f"other {one}") for one in range(5)),
    )
    assert released.json()["code"] == "DEACTIVATED"
    winners = codes(taken)["VALID"]
    assert winners == devices_of(database, license_) <= 1


async def test_a_device_released_twice_at_once_is_released_once(
    both: tuple[OnlineApi, OnlineApi], database: Database
) -> None:
    license_ = sell(database, device_limit=1)
    await both[0].ask("activate", key=license_.key, device="d")
    answers = await asyncio.gather(
        *(both[number % 2].ask("deactivate", key=license_.key, device="d") for number in range(6))
    )
    assert codes(answers) == {"DEACTIVATED": 1, "DEVICE_NOT_ACTIVATED": 5}
    assert devices_of(database, license_) == 0
