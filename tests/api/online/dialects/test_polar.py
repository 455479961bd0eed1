"""The verdicts of Polar's license API, answered by Mintpost."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db.devices import list_devices
from db.engine import Database
from domain.license import License
from tests.db.rows import NOON, sale_of
from tests.support.online import Given, OnlineApi, online_api, put, sell, waiting
from tests.support.polar import (
    FOR_SERVERS,
    FULL,
    NOBODY,
    NOT_FOUND,
    OTHER_BENEFIT,
    OVER,
    SHUT,
    activated,
    answered,
    ask,
    refusal,
)

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    async with online_api(database, tmp_path, Given(dialects=("polar",))) as running:
        yield running


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, device_limit=3)


@ON_SQLITE
async def test_an_activation_is_valid_until_it_is_released(
    api: OnlineApi, license_: License
) -> None:
    made = await activated(api, license_, meta={"os": "macOS"})
    known = await ask(api, "validate", license_.key, activation_id=made["id"].upper())
    assert known.status_code == 200
    assert known.json()["activation"] == {
        "id": str(UUID(made["id"])),
        "license_key_id": known.json()["id"],
        "label": "laptop",
        "meta": {"os": "macOS"},
        "created_at": "2026-09-01T12:00:00.000000Z",
        "modified_at": None,
    }
    gone = await ask(api, "deactivate", license_.key, activation_id=made["id"])
    assert gone.status_code == 204
    assert gone.content == b""
    for verb in ("deactivate", "validate"):
        again = await ask(api, verb, license_.key, activation_id=made["id"])
        assert answered(again) == refusal(404, NOT_FOUND)


@ON_SQLITE
async def test_the_twins_for_servers_answer_the_same(api: OnlineApi, license_: License) -> None:
    activation = (await activated(api, license_))["id"]
    one, twin = [
        await ask(api, "validate", license_.key, *face, activation_id=activation)
        for face in ((), (FOR_SERVERS,))
    ]
    assert twin.status_code == 200
    assert twin.json() == one.json()


@ON_SQLITE
async def test_the_same_label_again_is_another_activation(
    api: OnlineApi, database: Database, license_: License
) -> None:
    one, other = [await activated(api, license_) for _ in range(2)]
    assert one["id"] != other["id"]
    assert len(await database.read(list_devices, license_.id)) == 2


async def test_twenty_at_once_stay_within_the_limit(
    api: OnlineApi, database: Database, license_: License
) -> None:
    wishes = [ask(api, "activate", license_.key, label=f"{number}") for number in range(20)]
    answers = await asyncio.gather(*wishes)
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [403] * 17
    assert len(await database.read(list_devices, license_.id)) == 3
    refused = next(answer for answer in answers if answer.status_code == 403)
    assert answered(refused) == refusal(403, FULL)


@ON_SQLITE
async def test_without_a_limit_an_unknown_activation_is_not_found_either(
    api: OnlineApi, database: Database
) -> None:
    license_ = sell(database)
    made = await activated(api, license_)
    assert made["license_key"]["limit_activations"] is None
    unknown = await ask(api, "validate", license_.key, activation_id=NOBODY)
    assert answered(unknown) == refusal(404, NOT_FOUND)


@ON_SQLITE
async def test_an_unknown_key_is_not_found(api: OnlineApi) -> None:
    for verb in ("validate", "activate", "deactivate"):
        for key in ("", "nope", "ACDE-FGHJ-KMNP-QRTV-WXY3-479A-CDEF"):
            answer = await ask(api, verb, key, label="x", activation_id=NOBODY)
            assert answered(answer) == refusal(404, NOT_FOUND)


State = Mapping[str, str | datetime]
REFUSED: Mapping[str, tuple[State, str, str]] = {
    "refunded": ({"status": "revoked", "reason": "refunded"}, SHUT, ""),
    "disputed": ({"status": "suspended", "reason": "disputed"}, SHUT, ""),
    "paused": ({"status": "suspended", "reason": "paused"}, SHUT, ""),
    "revoked": ({"status": "revoked", "reason": "by_hand"}, SHUT, ""),
    "expired": ({"expires_at": NOON - timedelta(days=1)}, OVER, OVER),
}


@ON_SQLITE
@pytest.mark.parametrize("state", REFUSED)
async def test_a_license_that_is_not_good_is_refused(
    api: OnlineApi, database: Database, license_: License, state: str
) -> None:
    columns, why, why_not_activated = REFUSED[state]
    activation = (await activated(api, license_))["id"]
    put(database, license_, **columns)
    for further in ({}, {"activation_id": activation}, {"activation_id": NOBODY}):
        answer = await ask(api, "validate", license_.key, **further)
        assert answered(answer) == refusal(404, why)
    told = why_not_activated or f"{SHUT} This license key can not be activated."
    answer = await ask(api, "activate", license_.key, label="x")
    assert answered(answer) == refusal(403, told)
    gone = await ask(api, "deactivate", license_.key, activation_id=activation)
    assert gone.status_code == 204


CONDITIONS = {"major": 1, "os": "macOS", "beta": False, "factor": 0.5}


async def test_the_conditions_of_an_activation_must_be_the_same(
    api: OnlineApi, license_: License
) -> None:
    made = await activated(api, license_, conditions=CONDITIONS)
    activation = {"activation_id": made["id"]}
    good = await ask(api, "validate", license_.key, **activation, conditions=CONDITIONS)
    assert good.status_code == 200, good.text
    mismatch = refusal(404, "License key does not match required conditions")
    for others in ({}, {"major": 2}, {**CONDITIONS, "more": "x"}):
        answer = await ask(api, "validate", license_.key, **activation, conditions=others)
        assert answered(answer) == mismatch
    assert answered(await ask(api, "validate", license_.key, **activation)) == mismatch
    without = await ask(api, "validate", license_.key, conditions={"major": 2})
    assert without.status_code == 200


@ON_SQLITE
async def test_an_activation_without_conditions_takes_any(
    api: OnlineApi, license_: License
) -> None:
    made = await activated(api, license_, conditions={})
    answer = await ask(
        api, "validate", license_.key, activation_id=made["id"], conditions={"major": 2}
    )
    assert answer.status_code == 200


@ON_SQLITE
async def test_another_benefit_or_customer_is_a_mismatch(api: OnlineApi, license_: License) -> None:
    told = (await ask(api, "validate", license_.key)).json()
    own = {"benefit_id": told["benefit_id"].upper(), "customer_id": told["customer_id"]}
    assert (await ask(api, "validate", license_.key, **own)).status_code == 200
    benefit = await ask(api, "validate", license_.key, **{**own, "benefit_id": NOBODY})
    assert answered(benefit) == refusal(404, OTHER_BENEFIT)
    customer = await ask(api, "validate", license_.key, **{**own, "customer_id": NOBODY})
    assert answered(customer) == refusal(404, "License key does not match given user.")


@ON_SQLITE
async def test_the_checks_have_polars_order(
    api: OnlineApi, database: Database, license_: License
) -> None:
    activation = (await activated(api, license_, conditions={"major": 1}))["id"]
    asked: dict[str, Any] = {
        "activation_id": NOBODY,
        "benefit_id": NOBODY,
        "customer_id": NOBODY,
    }
    heard = []
    for known in (
        {},
        {"activation_id": activation},
        {"conditions": {"major": 1}},
        {"benefit_id": (await ask(api, "validate", license_.key)).json()["benefit_id"]},
    ):
        asked |= known
        heard.append((await ask(api, "validate", license_.key, **asked)).json()["detail"])
    put(database, license_, expires_at=NOON - timedelta(days=1))
    asked["activation_id"] = NOBODY
    heard.append((await ask(api, "validate", license_.key, **asked)).json()["detail"])
    assert heard == [
        "Not found",
        "License key does not match required conditions",
        "License key does not match given benefit.",
        "License key does not match given user.",
        "License key has expired.",
    ]


@ON_SQLITE
async def test_a_use_is_not_counted(api: OnlineApi, license_: License) -> None:
    for _ in range(2):
        told = (await ask(api, "validate", license_.key, increment_usage=2)).json()
        assert told["usage"] == 0
        assert told["limit_usage"] is None


@ON_SQLITE
async def test_a_license_that_is_being_minted_is_no_unknown_key(
    api: OnlineApi, database: Database
) -> None:
    waiting(database, replace(sale_of(), shop_key="SHOP-KEY-1"))
    for verb in ("validate", "activate", "deactivate"):
        answer = await ask(api, verb, "shop-key-1", label="x", activation_id=NOBODY)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "10"
