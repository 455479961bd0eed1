"""Keygen's validation: the codes in their order, and the facts beside them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from licensing.keys import new_key
from tests.api.online.dialects.keygen_app import (
    ACCOUNT,
    BASES,
    ON_SQLITE,
    PRODUCT,
    KeygenApp,
    keygen_app,
    products,
    refused,
)
from tests.db.rows import NOON
from tests.support.online import Given, Value, put, sell

YESTERDAY = NOON - timedelta(days=1)
OTHER = "d5e6f708-192a-4b3c-9d4e-5f6071829304"
SUSPENSIONS: list[dict[str, Value]] = [
    {"status": "revoked", "reason": "refunded"},
    {"status": "suspended", "reason": "disputed"},
    {"status": "suspended", "reason": "paused"},
    {"status": "revoked", "reason": "by_hand"},
]

SCOPES: list[tuple[dict[str, object], str]] = [
    ({"product": PRODUCT}, "VALID"),
    ({"product": OTHER, "fingerprint": "fp"}, "PRODUCT_SCOPE_MISMATCH"),
    ({"product": ""}, "PRODUCT_SCOPE_EMPTY"),
    ({"policy": OTHER}, "POLICY_SCOPE_MISMATCH"),
    ({"user": OTHER}, "USER_SCOPE_MISMATCH"),
    ({"components": ["one"]}, "COMPONENTS_SCOPE_MISMATCH"),
    ({"entitlements": ["EXPORT"]}, "ENTITLEMENTS_MISSING"),
    ({"components": [], "entitlements": []}, "VALID"),
    ({"version": "1.0.0", "checksum": "00", "environment": "test"}, "VALID"),
]


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[KeygenApp]:
    async with keygen_app(database, tmp_path) as app:
        yield app


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database)


async def test_the_flow_of_keygens_examples(app: KeygenApp, license_: License) -> None:
    key, scope = license_.key, {"fingerprint": "9f2c61d0a7"}
    app.base = BASES[1]
    first = await app.validated(key, scope=scope)
    assert first["meta"]["code"] == "NO_MACHINES"
    made = await app.activated(key, "9f2c61d0a7", name="laptop")
    assert made["relationships"]["license"]["data"]["id"] == first["data"]["id"]
    assert (await app.validated(key, scope=scope))["meta"] == {
        "ts": "2026-09-01T12:00:00.000Z",
        "valid": True,
        "detail": "is valid",
        "code": "VALID",
        "scope": scope,
    }
    assert await app.code(key, fingerprint="other") == "FINGERPRINT_SCOPE_MISMATCH"


@ON_SQLITE
async def test_a_license_of_one_device_has_its_own_code(
    app: KeygenApp, license_: License, database: Database
) -> None:
    put(database, license_, device_limit=1)
    assert await app.code(license_.key, fingerprint="fp") == "NO_MACHINE"
    data = (await app.validated(license_.key))["data"]["attributes"]
    assert (data["maxMachines"], data["floating"]) == (1, False)


@ON_SQLITE
async def test_a_fingerprint_needs_a_machine_also_without_a_limit(
    database: Database, tmp_path: Path
) -> None:
    license_ = sell(database)
    async with keygen_app(database, tmp_path, Given(products(None), ("keygen",))) as app:
        assert await app.code(license_.key, fingerprint="fp") == "NO_MACHINES"
        assert await app.code(license_.key) == "VALID"
        await app.activated(license_.key, "fp")
        assert await app.code(license_.key, fingerprint="fp") == "VALID"
        assert await app.code(license_.key, fingerprint="x") == "FINGERPRINT_SCOPE_MISMATCH"


@ON_SQLITE
async def test_one_of_several_fingerprints_is_enough(app: KeygenApp, license_: License) -> None:
    machine = await app.activated(license_.key, "fp")
    assert await app.code(license_.key, fingerprints=["x", "fp"]) == "VALID"
    assert await app.code(license_.key, fingerprints=["x"]) == "FINGERPRINT_SCOPE_MISMATCH"
    assert await app.code(license_.key, fingerprints=[]) == "FINGERPRINT_SCOPE_EMPTY"
    assert await app.code(license_.key, fingerprint="") == "FINGERPRINT_SCOPE_EMPTY"
    assert await app.code(license_.key, machine=machine["id"]) == "VALID"
    assert await app.code(license_.key, machine=OTHER) == "MACHINE_SCOPE_MISMATCH"


@ON_SQLITE
async def test_a_license_that_is_not_good_is_suspended(
    app: KeygenApp, license_: License, database: Database
) -> None:
    for columns in SUSPENSIONS:
        put(database, license_, **columns)
        told = await app.validated(license_.key, scope={"product": OTHER, "fingerprint": "fp"})
        assert told["meta"]["code"] == "SUSPENDED"
        attributes = told["data"]["attributes"]
        assert (attributes["status"], attributes["suspended"]) == ("SUSPENDED", True)
        assert refused(await app.ask("GET", "/me", key=license_.key)) == (403, "LICENSE_SUSPENDED")


@ON_SQLITE
async def test_a_license_that_ended_says_so_before_the_rest(
    app: KeygenApp, license_: License, database: Database
) -> None:
    put(database, license_, expires_at=YESTERDAY)
    told = await app.validated(license_.key, scope={"product": OTHER, "fingerprint": "fp"})
    assert told["meta"]["code"] == "EXPIRED"
    assert told["data"]["attributes"]["status"] == "EXPIRED"
    assert told["data"]["attributes"]["expiry"] == "2026-08-31T23:59:59.000Z"
    assert (await app.me(license_.key))["attributes"]["status"] == "EXPIRED"


@ON_SQLITE
async def test_a_license_in_grace_ends_with_its_grace(
    app: KeygenApp, license_: License, database: Database
) -> None:
    put(database, license_, expires_at=YESTERDAY, grace_until=NOON + timedelta(days=1))
    told = await app.validated(license_.key)
    assert told["meta"]["code"] == "VALID"
    assert told["data"]["attributes"]["expiry"] == "2026-09-02T23:59:59.000Z"


@ON_SQLITE
async def test_a_scope_is_never_good_for_what_nobody_checked(
    app: KeygenApp, license_: License
) -> None:
    for scope, code in SCOPES:
        assert await app.code(license_.key, **scope) == code, scope


@ON_SQLITE
async def test_the_policy_in_the_answer_is_good_for_a_scope(
    app: KeygenApp, license_: License
) -> None:
    told = await app.me(license_.key)
    policy = told["relationships"]["policy"]["data"]["id"]
    assert await app.code(license_.key, policy=policy) == "VALID"


@ON_SQLITE
async def test_an_unknown_key_is_not_found_and_nothing_is_told(app: KeygenApp) -> None:
    for asked in ("nope", " ", "\u200b", new_key()):
        told = await app.validated(asked)
        assert (told["data"], told["meta"]["code"]) == (None, "NOT_FOUND")
        assert refused(await app.ask("GET", "/me", key=new_key())) == (401, "LICENSE_INVALID")


@ON_SQLITE
async def test_nonce_and_scope_come_back_only_if_they_were_sent(
    app: KeygenApp, license_: License
) -> None:
    assert set((await app.validated(license_.key))["meta"]) == {"ts", "valid", "detail", "code"}
    meta = (await app.validated(license_.key, nonce=482911, scope={"product": PRODUCT}))["meta"]
    assert (meta["nonce"], meta["scope"]) == (482911, {"product": PRODUCT})


@ON_SQLITE
async def test_the_ids_of_a_license_do_not_change(app: KeygenApp, license_: License) -> None:
    told = [await app.me(license_.key) for _ in range(2)]
    related = told[0]["relationships"]
    assert told[0] == told[1]
    assert related["product"]["data"] == {"type": "products", "id": PRODUCT}
    assert related["account"]["data"] == {"type": "accounts", "id": ACCOUNT}
    assert told[0]["attributes"]["key"] == license_.key


@ON_SQLITE
async def test_a_path_names_an_account_by_its_word_or_its_id(
    database: Database, tmp_path: Path, license_: License
) -> None:
    given = Given(products().replace(ACCOUNT, "Acme"), ("keygen",))
    async with keygen_app(database, tmp_path, given) as app:
        account = (await app.me(license_.key))["relationships"]["account"]["data"]["id"]
        codes = {}
        for name in ("acme", account, account.upper(), ACCOUNT):
            app.base = f"/keygen/v1/accounts/{name}"
            codes[name] = (await app.validated(license_.key))["meta"]["code"]
    good = dict.fromkeys(("acme", account, account.upper()), "VALID")
    assert codes == {**good, ACCOUNT: "NOT_FOUND"}


@ON_SQLITE
async def test_nothing_of_the_buyer_is_told(app: KeygenApp, license_: License) -> None:
    await app.activated(license_.key, "fp", hostname="adas-mac", ip="192.0.2.7", name="laptop")
    for path in ("/me", "/machines"):
        text = (await app.ask("GET", path, key=license_.key)).text
        for private in (license_.email, license_.name, "adas-mac", "192.0.2.7"):
            assert private not in text
