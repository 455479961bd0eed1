"""The verdicts of Lemon Squeezy's license API, answered by Mintpost."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from db.devices import list_devices
from db.engine import Database
from domain.license import License
from tests.db.rows import NOON, sale_of
from tests.support.lemonsqueezy import (
    DISABLED,
    EXPIRED,
    FULL,
    NO_INSTANCE,
    NO_KEY,
    NOBODY,
    activated,
    ask,
)
from tests.support.online import Given, OnlineApi, online_api, put, sell, waiting
from tests.support.wire import differences, examples

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path, Given(dialects=("lemonsqueezy",))) as running:
        yield running


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, device_limit=3)


@ON_SQLITE
async def test_an_activated_instance_is_valid_until_it_is_released(
    api: OnlineApi, license_: License
) -> None:
    made = await activated(api, license_, "Ada's laptop")
    instance = made["instance"]
    assert made["activated"] is True
    assert made["error"] is None
    assert instance == {
        "id": str(UUID(instance["id"])),
        "name": "Ada's laptop",
        "created_at": "2026-09-01T12:00:00.000000Z",
    }
    both = {"license_key": license_.key, "instance_id": instance["id"].upper()}
    known = await ask(api, "validate", **both)
    assert known.status_code == 200
    assert known.json()["valid"] is True
    assert known.json()["instance"] == instance
    gone = await ask(api, "deactivate", **both)
    assert gone.json()["deactivated"] is True
    assert "instance" not in gone.json()
    for verb, flag in (("validate", "valid"), ("deactivate", "deactivated")):
        unknown = await ask(api, verb, **both)
        assert unknown.status_code == 404
        assert unknown.json() == {flag: False, "error": NO_INSTANCE}


@ON_SQLITE
async def test_the_status_is_active_from_the_first_instance_on(
    api: OnlineApi, license_: License
) -> None:
    made = await activated(api, license_)
    assert made["license_key"]["status"] == "active"
    assert made["license_key"]["activation_usage"] == 1
    both = {"license_key": license_.key, "instance_id": made["instance"]["id"]}
    gone = (await ask(api, "deactivate", **both)).json()
    assert gone["license_key"]["status"] == "inactive"
    assert gone["license_key"]["activation_usage"] == 0


@ON_SQLITE
async def test_the_same_name_again_is_another_instance(api: OnlineApi, license_: License) -> None:
    one, other = [await activated(api, license_, "laptop") for _ in range(2)]
    assert one["instance"]["id"] != other["instance"]["id"]
    assert other["license_key"]["activation_usage"] == 2


async def test_twenty_at_once_stay_within_the_limit(
    api: OnlineApi, database: Database, license_: License
) -> None:
    wishes = [
        ask(api, "activate", license_key=license_.key, instance_name=f"{number}")
        for number in range(20)
    ]
    answers = await asyncio.gather(*wishes)
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [400] * 17
    assert len(await database.read(list_devices, license_.id)) == 3
    refused = next(answer.json() for answer in answers if answer.status_code == 400)
    assert (
        differences(examples("lemonsqueezy-activate")["limit"]["response"]["body"], refused) == []
    )
    assert refused["activated"] is False
    assert refused["error"] == FULL
    assert refused["license_key"]["activation_usage"] == 3
    assert "instance" not in refused


@ON_SQLITE
async def test_without_a_limit_any_number_is_activated(api: OnlineApi, database: Database) -> None:
    license_ = sell(database)
    made = await activated(api, license_)
    assert made["license_key"]["activation_limit"] is None
    unknown = await ask(api, "validate", license_key=license_.key, instance_id=NOBODY)
    assert unknown.status_code == 404
    assert unknown.json() == {"valid": False, "error": NO_INSTANCE}


@ON_SQLITE
async def test_an_empty_instance_counts_as_absent(api: OnlineApi, license_: License) -> None:
    answer = await ask(api, "validate", license_key=license_.key, instance_id="")
    assert answer.status_code == 200
    assert answer.json()["instance"] is None


@ON_SQLITE
async def test_an_unknown_key_is_not_found(api: OnlineApi) -> None:
    flags = {"activate": "activated", "validate": "valid", "deactivate": "deactivated"}
    for verb, flag in flags.items():
        for key in ("nope", "ACDE-FGHJ-KMNP-QRTV-WXY3-479A-CDEF"):
            answer = await ask(api, verb, license_key=key, instance_name="x", instance_id=NOBODY)
            assert answer.status_code == 404
            assert answer.json() == {flag: False, "error": NO_KEY}


REFUSED: Mapping[str, tuple[Mapping[str, str | datetime], str, str]] = {
    "refunded": ({"status": "revoked", "reason": "refunded"}, DISABLED, "disabled"),
    "disputed": ({"status": "suspended", "reason": "disputed"}, DISABLED, "disabled"),
    "paused": ({"status": "suspended", "reason": "paused"}, DISABLED, "disabled"),
    "revoked": ({"status": "revoked", "reason": "by_hand"}, DISABLED, "disabled"),
    "expired": ({"expires_at": NOON - timedelta(days=1)}, EXPIRED, "expired"),
}


@ON_SQLITE
@pytest.mark.parametrize("state", REFUSED)
async def test_a_license_that_is_not_good_is_refused_with_its_facts(
    api: OnlineApi, database: Database, license_: License, state: str
) -> None:
    columns, why, status = REFUSED[state]
    instance = (await activated(api, license_))["instance"]["id"]
    put(database, license_, **columns)
    validated = await ask(api, "validate", license_key=license_.key, instance_id=instance)
    told = await ask(api, "activate", license_key=license_.key, instance_name="x")
    for answer in (validated, told):
        assert answer.status_code == 400
        assert answer.json()["error"] == why
        assert answer.json()["license_key"]["status"] == status
        assert answer.json()["license_key"]["activation_usage"] == 1
    assert validated.json()["valid"] is False
    assert validated.json()["instance"] is None
    assert told.json()["activated"] is False
    assert "instance" not in told.json()


@ON_SQLITE
async def test_an_instance_of_a_disabled_license_stays(
    api: OnlineApi, database: Database, license_: License
) -> None:
    instance = (await activated(api, license_))["instance"]["id"]
    put(database, license_, status="revoked", reason="refunded")
    both = {"license_key": license_.key, "instance_id": instance}
    refused = await ask(api, "deactivate", **both)
    assert refused.status_code == 400
    assert refused.json()["deactivated"] is False
    assert refused.json()["error"] == DISABLED
    assert refused.json()["license_key"]["activation_usage"] == 1


@ON_SQLITE
async def test_an_instance_of_an_expired_license_is_released(
    api: OnlineApi, database: Database, license_: License
) -> None:
    instance = (await activated(api, license_))["instance"]["id"]
    put(database, license_, expires_at=NOON - timedelta(days=1))
    gone = await ask(api, "deactivate", license_key=license_.key, instance_id=instance)
    assert gone.status_code == 200
    assert gone.json()["license_key"]["status"] == "expired"


@ON_SQLITE
async def test_a_license_ends_with_its_grace(
    api: OnlineApi, database: Database, license_: License
) -> None:
    put(database, license_, expires_at=NOON, grace_until=NOON + timedelta(days=7))
    api.clock.now = NOON + timedelta(days=1)
    within = (await ask(api, "validate", license_key=license_.key)).json()
    assert within["valid"] is True
    assert within["license_key"]["expires_at"] == "2026-09-08T23:59:59.000000Z"


@ON_SQLITE
async def test_a_license_that_is_being_minted_is_no_unknown_key(
    api: OnlineApi, database: Database
) -> None:
    waiting(database, replace(sale_of(), shop_key="SHOP-KEY-1"))
    asked = {"license_key": "shop-key-1", "instance_name": "x", "instance_id": NOBODY}
    for verb in ("activate", "validate", "deactivate"):
        answer = await ask(api, verb, **asked)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "10"
        assert answer.json().keys() == {"message"}
