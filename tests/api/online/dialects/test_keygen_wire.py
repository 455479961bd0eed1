"""Keygen's form: the examples of the wire, headers, signatures, and input that nobody meant."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from api.online.fields import LONGEST_BODY
from api.online.rates import Rates
from api.online.windows import Rate
from db.engine import Database
from domain.license import License
from licensing.keys import new_key
from tests.api.online.dialects.keygen_app import (
    BASES,
    JSON_API,
    ON_SQLITE,
    PRODUCT,
    KeygenApp,
    is_signed,
    keygen_app,
    products,
    refused,
)
from tests.support.online import Given, sell
from tests.support.wire import differences, examples

VALIDATE = "/licenses/actions/validate-key"


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[KeygenApp]:
    async with keygen_app(database, tmp_path) as app:
        yield app


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database)


@ON_SQLITE
async def test_answers_have_every_key_of_the_wire_examples(
    app: KeygenApp, license_: License
) -> None:
    key = license_.key
    machine = {"data": await app.activated(key, "fp", name="laptop", platform="macOS", cores=8)}
    scope = {"fingerprint": "fp", "product": PRODUCT}
    valid = await app.validated(key, nonce=482911, scope=scope)
    path = await app.license_path(key, "/actions/check-out?encrypt=true&include=entitlements")
    file = (await app.ask("POST", path, key=key)).json()
    validations, machines = examples("keygen-validate"), examples("keygen-machines")
    wanted = validations["valid"]["response"]["body"]
    # Mintpost tells tier and seats there.
    del valid["data"]["attributes"]["metadata"], wanted["data"]["attributes"]["metadata"]
    assert differences(wanted, valid) == []
    assert differences(machines["activate"]["response"]["body"], machine) == []
    assert differences(examples("keygen-checkout")["offline file"]["response"]["body"], file) == []
    unknown = await app.validated(new_key())
    assert differences(validations["unknown key"]["response"]["body"], unknown) == []


@ON_SQLITE
async def test_each_answer_is_signed_also_a_refusal(app: KeygenApp, license_: License) -> None:
    key, body = license_.key, {"meta": {"key": license_.key}}
    for app.base in BASES:
        answers = [
            await app.ask("POST", VALIDATE, body),
            await app.ask("POST", f"{VALIDATE}?a=%2F&b=c", body),
            await app.ask("POST", VALIDATE, {"meta": {}}),
            await app.ask("GET", "/me"),
            await app.ask("GET", "/machines/no%20fp", key=key),
            await app.ask("POST", VALIDATE, {"meta": {"key": "x" * LONGEST_BODY}}),
            await app.activate(key, "fp"),
            await app.ask("DELETE", "/machines/fp", key=key),
        ]
        assert [one.status_code for one in answers] == [200, 200, 400, 401, 404, 413, 201, 204]
        assert all(is_signed(one, app.api.signer.public_key.hex()) for one in answers)


@ON_SQLITE
async def test_a_signature_is_good_for_its_own_answer_only(
    app: KeygenApp, license_: License
) -> None:
    first = await app.ask("POST", VALIDATE, {"meta": {"key": license_.key}})
    first.request.url = first.request.url.copy_with(path="/keygen/v1/me")
    with pytest.raises(InvalidSignature):
        is_signed(first, app.api.signer.public_key.hex())


@ON_SQLITE
async def test_an_app_may_ask_for_the_one_algorithm(app: KeygenApp) -> None:
    for asked in ('algorithm="ed25519"', 'keyid="e6f7", algorithm="Ed25519";', ""):
        answer = await app.ask("GET", "/me", Keygen_Accept_Signature=asked)
        assert "keygen-signature" in answer.headers, asked
    for asked in ('algorithm="rsa-sha256"', "ed25519", 'algorithm="ed25519" \'x'):
        answer = await app.ask("GET", "/me", Keygen_Accept_Signature=asked)
        assert refused(answer) == (400, None), asked
        assert "keygen-signature" not in answer.headers


@ON_SQLITE
async def test_the_version_comes_back(app: KeygenApp) -> None:
    versions = {"": "1.8", "1.7": "1.7", "1.0": "1.0", 'x"y': "1.8", "1.8.1": "1.8"}
    for sent, told in versions.items():
        answer = await app.ask("GET", "/me", Keygen_Version=sent)
        assert answer.headers["keygen-version"] == told


@ON_SQLITE
async def test_content_types_are_those_of_keygen(app: KeygenApp, license_: License) -> None:
    for accept, told in (
        (JSON_API, JSON_API),
        ("*/*", JSON_API),
        ("text/html, application/*;q=0.1", JSON_API),
        ("", JSON_API),
        ("application/json", "application/json"),
    ):
        answer = await app.ask("GET", "/me", key=license_.key, Accept=accept)
        assert answer.headers["content-type"] == f"{told}; charset=utf-8"
    answer = await app.ask("GET", "/me", key=license_.key, Accept="text/html")
    assert refused(answer) == (400, None)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = await app.api.http.post(f"{app.base}{VALIDATE}", content=b"key=x", headers=form)
    assert refused(sent) == (400, None)


@ON_SQLITE
async def test_a_browser_may_read_the_signature(app: KeygenApp) -> None:
    answer = await app.ask("GET", "/me", Origin="https://app.example")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Keygen-Signature" in answer.headers["access-control-expose-headers"]
    preflight = await app.api.http.options(f"{app.base}/machines/x")
    assert preflight.headers["access-control-allow-methods"] == "DELETE, GET"


BAD_BODIES: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[1]",
    b"{}",
    b'{"meta": null}',
    b'{"meta": []}',
    b'{"meta": {"key": null}}',
    b'{"meta": {"key": ""}}',
    b'{"meta": {"key": 7}}',
    b'{"meta": {"key": "\\u0000"}}',
    b'{"meta": {"key": "\\ud800"}}',
    b'{"meta": {"key": "\xff"}}',
    b'{"meta": {"key": "x", "key": "y"}}',
    b'{"meta": {"key": "x", "more": 1}}',
    b'{"meta": {"key": "x", "scope": {"more": 1}}}',
    b'{"meta": {"key": "x", "scope": {"fingerprint": ["x"]}}}',
    b'{"meta": {"key": "x", "scope": {"fingerprints": "x"}}}',
    b'{"meta": {"key": "x", "scope": {"fingerprints": [[]]}}}',
    b'{"meta": {"key": "x", "scope": {"fingerprints": [' + b'"x",' * 30 + b'"x"]}}}',
    b'{"meta": {"key": "x", "scope": []}}',
    b'{"meta": {"key": "x", "nonce": "7"}}',
    b'{"meta": {"key": "x", "nonce": 1.5}}',
    b'{"meta": {"key": "x", "nonce": true}}',
    b'{"meta": {"key": "x", "nonce": NaN}}',
    b'{"meta": ' + b'{"a": ' * 2000 + b"1" + b"}" * 2001,
    b"[" * 5000,
)


@ON_SQLITE
async def test_a_body_that_nobody_meant_gets_no_verdict(app: KeygenApp, license_: License) -> None:
    headers = {"Content-Type": JSON_API, "Authorization": f"License {license_.key}"}
    for path in (VALIDATE, "/machines"):
        for body in BAD_BODIES:
            answer = await app.api.http.post(f"{app.base}{path}", content=body, headers=headers)
            assert refused(answer) == (400, None), body
            assert answer.headers["access-control-allow-origin"] == "*"


@ON_SQLITE
async def test_a_long_nonce_comes_back_whole(app: KeygenApp, license_: License) -> None:
    nonce = 10**400
    assert (await app.validated(license_.key, nonce=nonce))["meta"]["nonce"] == nonce


@ON_SQLITE
async def test_names_in_a_path_are_never_an_error(app: KeygenApp, license_: License) -> None:
    for name in ("%00", "%FF", "%F0%9F%92%A9", "a" * 800, "..%2f", "%22"):
        for path in (f"/machines/{name}", f"/licenses/{name}"):
            answer = await app.ask("GET", path, key=license_.key)
            assert answer.status_code == 404, name
    assert refused(await app.ask("GET", "/me?auth=license:%00")) == (400, None)
    app.base = "/keygen/v1/accounts/%22%0a"
    assert "keygen-signature" in (await app.ask("GET", "/me", key=license_.key)).headers


@ON_SQLITE
async def test_too_many_bad_keys_are_refused_and_a_good_key_is_not(
    database: Database, tmp_path: Path
) -> None:
    license_, rates = sell(database), Rates(bad_keys=Rate(1, timedelta(minutes=1)))
    given = Given(products(), ("keygen",), rates=rates)
    async with keygen_app(database, tmp_path, given) as app:
        assert await app.code(license_.key) == "VALID"
        assert await app.code(new_key()) == "NOT_FOUND"
        answer = await app.ask("POST", VALIDATE, {"meta": {"key": new_key()}})
        assert refused(answer) == (429, "TOO_MANY_REQUESTS")
        assert int(answer.headers["retry-after"]) > 0
        assert is_signed(answer, app.api.signer.public_key.hex())
        assert await app.code(license_.key) == "VALID"
