"""Keygen's machines: activated, named by fingerprint or id, listed and released."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from db.devices import count_devices, list_devices
from db.engine import Database
from domain.license import License
from tests.api.online.dialects.keygen_app import (
    ACCOUNT,
    BASES,
    ON_SQLITE,
    KeygenApp,
    keygen_app,
    new_machine,
    refused,
)
from tests.db.rows import NOON, sale_of
from tests.support.online import put, sell
from tests.support.waiting import until

LIMIT = 6
"""Three devices for each of two seats."""

UNKNOWN = "5e4d3c2b-1a09-4f8e-9d7c-6b5a49382716"

UNKEPT: list[dict[str, object]] = [
    {"metadata": {"a": "b" * 2048}},
    {"metadata": {"a": "\0"}},
    {"metadata": []},
    {"cores": 10**400},
    {"cores": "many"},
    {"platform": "\0"},
    {"name": 7},
]


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[KeygenApp]:
    async with keygen_app(database, tmp_path) as app:
        yield app


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database)


@ON_SQLITE
async def test_a_new_machine_is_told_with_its_place(app: KeygenApp, license_: License) -> None:
    app.base = BASES[1]
    answer = await app.activate(
        license_.key, "fp", name="laptop", platform="macOS", cores=8, metadata={"a": [1, "b"]}
    )
    machine = answer.json()["data"]
    assert answer.headers["location"] == f"{app.base}/machines/{machine['id']}"
    assert machine["links"]["self"] == answer.headers["location"]
    told = machine["attributes"]
    assert (told["fingerprint"], told["name"], told["platform"]) == ("fp", "laptop", "macOS")
    assert (told["cores"], told["metadata"]) == (8, {"a": [1, "b"]})
    assert machine["relationships"]["account"]["data"]["id"] == ACCOUNT


async def test_a_fingerprint_has_one_machine(
    app: KeygenApp, license_: License, database: Database
) -> None:
    made = await app.activated(license_.key, "fp", name="first")
    for fingerprint in ("fp", made["id"]):
        again = await app.activate(license_.key, fingerprint, name="second")
        assert refused(again) == (422, "FINGERPRINT_TAKEN")
        assert again.json()["errors"][0]["source"] == {"pointer": "/data/attributes/fingerprint"}
    (kept,) = await database.read(list_devices, license_.id)
    assert (kept.id, kept.label) == (made["id"], "first")


async def test_many_apps_at_once_never_exceed_the_limit(
    app: KeygenApp, license_: License, database: Database
) -> None:
    tried = [app.activate(license_.key, f"fp-{number}") for number in range(LIMIT + 6)]
    answers = await asyncio.gather(*tried)
    refusals = [one for one in answers if one.status_code != 201]
    assert [refused(one) for one in refusals] == [(422, "MACHINE_LIMIT_EXCEEDED")] * 6
    (error,) = refusals[0].json()["errors"]
    detail = f"machine count has exceeded maximum allowed for license ({LIMIT})"
    assert (error["detail"], error["source"]) == (detail, {"pointer": "/data"})
    assert await database.read(count_devices, license_.id) == LIMIT


@ON_SQLITE
async def test_one_limit_holds_for_every_api(
    app: KeygenApp, license_: License, database: Database
) -> None:
    put(database, license_, device_limit=1)
    await app.api.ask("activate", key=license_.key, device="own")
    assert refused(await app.activate(license_.key, "fp")) == (422, "MACHINE_LIMIT_EXCEEDED")
    assert await app.code(license_.key, fingerprint="own") == "VALID"


@ON_SQLITE
async def test_a_machine_is_found_by_its_fingerprint_and_by_its_id(
    app: KeygenApp, license_: License
) -> None:
    machine = await app.activated(license_.key, "fp")
    by_name = await app.ask("GET", "/machines/fp", key=license_.key)
    by_id = await app.ask("GET", f"/machines/{machine['id'].upper()}", key=license_.key)
    assert by_name.json()["data"] == machine
    # Nobody knows the fingerprint here, and the id is good in its place.
    known_by_id = by_id.json()["data"]
    assert known_by_id["attributes"].pop("fingerprint") == machine["id"]
    assert machine["attributes"].pop("fingerprint") == "fp"
    assert known_by_id == machine
    assert await app.code(license_.key, fingerprint=machine["id"]) == "VALID"
    missing = await app.ask("GET", f"/machines/{UNKNOWN}", key=license_.key)
    assert refused(missing) == (404, "NOT_FOUND")


@ON_SQLITE
async def test_a_machine_of_another_license_is_unknown(
    app: KeygenApp, license_: License, database: Database
) -> None:
    other = sell(database, sale_of("order-2"))
    machine = await app.activated(other.key, "fp")
    for method in ("GET", "DELETE"):
        for name in ("fp", machine["id"]):
            answer = await app.ask(method, f"/machines/{name}", key=license_.key)
            assert refused(answer) == (404, "NOT_FOUND")


@ON_SQLITE
async def test_a_machine_is_released_once_by_either_name(app: KeygenApp, license_: License) -> None:
    machine = await app.activated(license_.key, "one")
    await app.activated(license_.key, "two")
    for name in (machine["id"], "two"):
        gone = await app.ask("DELETE", f"/machines/{name}", key=license_.key)
        assert (gone.status_code, gone.content) == (204, b"")
        again = await app.ask("DELETE", f"/machines/{name}", key=license_.key)
        assert refused(again) == (404, "NOT_FOUND")
    assert await app.code(license_.key, fingerprint="one") == "NO_MACHINES"


@ON_SQLITE
async def test_a_license_that_ended_releases_machines_and_activates_none(
    app: KeygenApp, license_: License, database: Database
) -> None:
    await app.activated(license_.key, "fp")
    license_path = await app.license_path(license_.key)
    body = new_machine(license_path.rpartition("/")[2], fingerprint="new")
    put(database, license_, expires_at=NOON - timedelta(days=1))
    refusal = await app.ask("POST", "/machines", body, license_.key)
    assert refused(refusal) == (403, "LICENSE_EXPIRED")
    put(database, license_, status="revoked", reason="refunded")
    refusal = await app.ask("POST", "/machines", body, license_.key)
    assert refused(refusal) == (403, "LICENSE_SUSPENDED")
    gone = await app.ask("DELETE", "/machines/fp", key=license_.key)
    assert gone.status_code == 204


@ON_SQLITE
async def test_a_machine_is_made_for_the_license_that_authenticates(
    app: KeygenApp, license_: License, database: Database
) -> None:
    other = sell(database, sale_of("order-2"))
    other_id = (await app.me(other.key))["id"]
    body = new_machine(other_id, fingerprint="fp")
    answer = await app.ask("POST", "/machines", body, license_.key)
    assert refused(answer) == (422, "LICENSE_NOT_ALLOWED")
    assert await database.read(count_devices, license_.id) == 0
    named_by_key = new_machine(license_.key, fingerprint="fp")
    assert (await app.ask("POST", "/machines", named_by_key, license_.key)).status_code == 201


@ON_SQLITE
async def test_a_heartbeat_is_answered_and_not_watched(
    app: KeygenApp, license_: License, database: Database
) -> None:
    machine = await app.activated(license_.key, "fp")
    app.api.clock.now += timedelta(days=3)
    path = f"/machines/{machine['id']}/actions/ping"
    told = (await app.ask("POST", path, key=license_.key)).json()["data"]["attributes"]
    assert (told["heartbeatStatus"], told["heartbeatDuration"]) == ("ALIVE", 600)
    assert told["lastHeartbeat"] == "2026-09-04T12:00:00.000Z"
    assert told["nextHeartbeat"] == "2026-09-04T12:10:00.000Z"

    async def seen() -> bool | None:
        (device,) = await database.read(list_devices, license_.id)
        return True if device.last_seen == app.api.clock.now else None

    await until(seen, "the day of the heartbeat is noted")
    later = (await app.ask("GET", "/machines/fp", key=license_.key)).json()["data"]["attributes"]
    assert (later["heartbeatStatus"], later["requireHeartbeat"]) == ("NOT_STARTED", False)
    unknown = await app.ask("POST", "/machines/x/actions/ping", key=license_.key)
    assert refused(unknown) == (404, "NOT_FOUND")


@ON_SQLITE
async def test_the_machines_of_a_license_are_listed(app: KeygenApp, license_: License) -> None:
    made = [(await app.activated(license_.key, name))["id"] for name in ("one", "two")]
    for path in ("/machines", await app.license_path(license_.key, "/machines?limit=100")):
        listed = (await app.ask("GET", path, key=license_.key)).json()["data"]
        assert [one["id"] for one in listed] == made
    entitlements = await app.license_path(license_.key, "/entitlements")
    assert (await app.ask("GET", entitlements, key=license_.key)).json() == {"data": []}
    told = await app.me(license_.key)
    assert told["relationships"]["machines"]["meta"]["count"] == 2


@ON_SQLITE
async def test_facts_that_cannot_be_kept_are_refused(
    app: KeygenApp, license_: License, database: Database
) -> None:
    for facts in UNKEPT:
        assert refused(await app.activate(license_.key, "fp", **facts)) == (400, None), facts
    assert refused(await app.activate(license_.key, "x" * 201)) == (422, "FINGERPRINT_TOO_LONG")
    assert await database.read(count_devices, license_.id) == 0
