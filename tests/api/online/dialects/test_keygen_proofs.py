"""The proofs of a license in Keygen's API: its key, its account, and never an id alone."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from tests.api.online.dialects.keygen_app import ACCOUNT, ON_SQLITE, KeygenApp, keygen_app, refused
from tests.db.rows import sale_of
from tests.support.online import Given, sell

OTHER = "d5e6f708-192a-4b3c-9d4e-5f6071829304"
PROOFS_OF_NOTHING: list[tuple[dict[str, str], str]] = [
    ({}, "TOKEN_MISSING"),
    ({"Authorization": "Bearer"}, "TOKEN_MISSING"),
    ({"Authorization": "Bearer prod-0123"}, "TOKEN_INVALID"),
    ({"Authorization": "Basic !"}, "TOKEN_INVALID"),
    ({"Authorization": "Basic YTpi"}, "TOKEN_INVALID"),
    ({"Authorization": "Basic /w=="}, "TOKEN_INVALID"),
    ({"Authorization": "License nope"}, "LICENSE_INVALID"),
]


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[KeygenApp]:
    async with keygen_app(database, tmp_path) as app:
        yield app


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database)


@ON_SQLITE
async def test_each_way_to_authenticate_is_understood(app: KeygenApp, license_: License) -> None:
    key = license_.key
    basic = base64.b64encode(f"license:{key}".encode()).decode()
    for header in (f"License {key}", f"license {key.lower()}", f"Basic {basic}"):
        answer = await app.ask("GET", "/me", Authorization=header)
        assert answer.status_code == 200, header
    assert (await app.ask("GET", f"/me?auth=license:{key}")).status_code == 200


@ON_SQLITE
async def test_anything_but_a_license_key_proves_nothing(app: KeygenApp) -> None:
    for headers, code in PROOFS_OF_NOTHING:
        assert refused(await app.ask("GET", "/me", **headers)) == (401, code), headers


@ON_SQLITE
async def test_a_license_is_found_by_its_id_only_with_its_key(
    app: KeygenApp, license_: License, database: Database
) -> None:
    other = sell(database, sale_of("order-2"))
    path = await app.license_path(license_.key, "/actions/validate")
    assert refused(await app.ask("POST", path)) == (401, "TOKEN_MISSING")
    assert refused(await app.ask("POST", path, key=other.key)) == (404, "NOT_FOUND")
    by_key = f"/licenses/{license_.key.lower()}/actions/validate"
    for named in (path, path.upper().replace("LICENSES", "licenses"), by_key):
        low = named.replace("/ACTIONS/VALIDATE", "/actions/validate")
        answer = await app.ask("POST", low, {"meta": {"scope": {"fingerprint": "x"}}}, license_.key)
        assert answer.json()["meta"]["code"] == "NO_MACHINES"
    assert (await app.ask("POST", path, key=license_.key)).json()["meta"]["code"] == "VALID"


@ON_SQLITE
async def test_a_license_of_another_account_is_not_found(app: KeygenApp, license_: License) -> None:
    app.base = f"/keygen/v1/accounts/{OTHER}"
    told = await app.validated(license_.key)
    assert (told["data"], told["meta"]["code"]) == (None, "NOT_FOUND")
    assert refused(await app.ask("GET", "/me", key=license_.key)) == (401, "LICENSE_INVALID")
    app.base = f"/keygen/v1/accounts/{ACCOUNT.upper()}"
    assert await app.code(license_.key) == "VALID"


@ON_SQLITE
async def test_an_entry_without_an_account_answers_any(database: Database, tmp_path: Path) -> None:
    license_ = sell(database)
    async with keygen_app(database, tmp_path, Given(dialects=("keygen",))) as app:
        app.base = "/keygen/v1/accounts/acme"
        assert await app.code(license_.key) == "VALID"
