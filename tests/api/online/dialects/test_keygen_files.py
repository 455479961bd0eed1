"""Keygen's license files: what they say, how long they hold, and who can read them."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.engine import Database
from domain.license import License
from tests.api.online.dialects.keygen_app import (
    ON_SQLITE,
    KeygenApp,
    keygen_app,
    products,
    refused,
)
from tests.db.rows import NOON
from tests.support.online import SIGNER, Given, put, sell

BEGIN, END = "-----BEGIN LICENSE FILE-----\n", "-----END LICENSE FILE-----\n"
DAY = 24 * 60 * 60
PLAIN, ENCRYPTED = "base64+ed25519", "aes-256-gcm+ed25519"
REFUSALS = {
    "ttl=3599": (400, "CHECKOUT_TTL_INVALID"),
    "ttl=0": (400, "CHECKOUT_TTL_INVALID"),
    "ttl=-7200": (400, None),
    "ttl=soon": (400, None),
    "algorithm=base64%2Brsa-sha256": (400, "CHECKOUT_ALGORITHM_INVALID"),
    "include=entitlements,secrets": (400, "CHECKOUT_INCLUDE_INVALID"),
    "encrypt=maybe": (400, None),
    "ttl=7200&ttl=7200": (400, None),
}


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[KeygenApp]:
    async with keygen_app(database, tmp_path) as app:
        yield app


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database)


async def checked_out(
    app: KeygenApp, key: str, query: str = "", body: object = None
) -> dict[str, Any]:
    path = await app.license_path(key, f"/actions/check-out?{query}")
    answer = await app.ask("POST", path, body, key)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()["data"]["attributes"]
    return told


def opened(certificate: str) -> dict[str, str]:
    """Verify the signature with the public key in hexadecimal digits, and return the parts."""
    assert certificate.startswith(BEGIN)
    assert certificate.endswith(END)
    written = certificate.removeprefix(BEGIN).removesuffix(END)
    parts: dict[str, str] = json.loads(base64.b64decode(written.replace("\n", ""), validate=True))
    assert set(parts) == {"enc", "sig", "alg"}
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(SIGNER.public_key.hex()))
    key.verify(base64.b64decode(parts["sig"]), f"license/{parts['enc']}".encode())
    return parts


def decrypted(enc: str, license_key: str) -> Any:  # noqa: ANN401 - any JSON value
    ciphertext, iv, tag = (base64.b64decode(part) for part in enc.split("."))
    secret = hashlib.sha256(license_key.encode()).digest()
    return json.loads(AESGCM(secret).decrypt(iv, ciphertext + tag, None))


@ON_SQLITE
async def test_a_plain_file_tells_the_license(app: KeygenApp, license_: License) -> None:
    told = await checked_out(app, license_.key)
    parts = opened(told["certificate"])
    assert (told["algorithm"], parts["alg"], told["includes"]) == (PLAIN, PLAIN, [])
    document = json.loads(base64.b64decode(parts["enc"]))
    assert document["data"] == await app.me(license_.key)
    assert document["meta"] == {name: told[name] for name in ("issued", "expiry", "ttl")}
    assert told["issued"] == "2026-09-01T12:00:00.000Z"
    assert (told["expiry"], told["ttl"]) == ("2026-09-15T12:00:00.000Z", 14 * DAY)


@ON_SQLITE
async def test_an_encrypted_file_needs_the_license_key(app: KeygenApp, license_: License) -> None:
    for query in ("encrypt=true", "encrypt=1", f"algorithm={ENCRYPTED.replace('+', '%2B')}"):
        told = await checked_out(app, license_.key.lower(), query)
        parts = opened(told["certificate"])
        assert (told["algorithm"], parts["alg"]) == (ENCRYPTED, ENCRYPTED)
        # The key as the answers spell it, however the user typed it.
        assert decrypted(parts["enc"], license_.key)["data"]["id"]
        with pytest.raises(InvalidTag):
            decrypted(parts["enc"], license_.key.lower())


@ON_SQLITE
async def test_a_changed_file_is_not_genuine(app: KeygenApp, license_: License) -> None:
    told = await checked_out(app, license_.key)
    parts = opened(told["certificate"])
    parts["enc"] = base64.b64encode(b'{"data": {}}').decode()
    forged = base64.encodebytes(json.dumps(parts).encode()).decode()
    with pytest.raises(InvalidSignature):
        opened(f"{BEGIN}{forged}{END}")


@ON_SQLITE
async def test_a_file_holds_within_the_lease_and_the_licenses_end(
    app: KeygenApp, license_: License, database: Database
) -> None:
    assert (await checked_out(app, license_.key, "ttl=7200"))["ttl"] == 7200
    for longer in ("ttl=999999999", f"ttl={'9' * 18}", "ttl=null", "ttl="):
        assert (await checked_out(app, license_.key, longer))["ttl"] == 14 * DAY
    put(database, license_, expires_at=NOON + timedelta(days=2))
    told = await checked_out(app, license_.key)
    assert (told["expiry"], told["ttl"]) == ("2026-09-03T23:59:59.000Z", 2.5 * DAY - 1)
    put(database, license_, grace_until=NOON + timedelta(days=3))
    assert (await checked_out(app, license_.key))["expiry"] == "2026-09-04T23:59:59.000Z"


@ON_SQLITE
async def test_a_file_of_the_last_moment_has_an_end(
    app: KeygenApp, license_: License, database: Database
) -> None:
    put(database, license_, expires_at=NOON)
    app.api.clock.now = NOON.replace(hour=23, minute=59, second=58, microsecond=500_000)
    assert (await checked_out(app, license_.key))["ttl"] == 1


@ON_SQLITE
async def test_the_wishes_may_stand_in_the_body(app: KeygenApp, license_: License) -> None:
    body = {"meta": {"ttl": 3600, "encrypt": True, "include": ["entitlements", "product"]}}
    told = await checked_out(app, license_.key, "ttl=7200", body)
    assert (told["ttl"], told["algorithm"]) == (3600, ENCRYPTED)
    assert told["includes"] == ["entitlements", "product"]
    assert decrypted(opened(told["certificate"])["enc"], license_.key)["included"] == []


@ON_SQLITE
async def test_a_wish_that_cannot_be_met_is_refused(app: KeygenApp, license_: License) -> None:
    for query, refusal in REFUSALS.items():
        path = await app.license_path(license_.key, f"/actions/check-out?{query}")
        answer = await app.ask("POST", path, key=license_.key)
        assert refused(answer) == refusal, query
        if refusal[1] is not None:
            source = {"parameter": query.partition("=")[0]}
            assert answer.json()["errors"][0]["source"] == source


@ON_SQLITE
@pytest.mark.parametrize("ttl", [["3600"], {"a": 3600}, True, 3600.5])
async def test_a_time_that_is_no_number_is_refused(
    app: KeygenApp, license_: License, ttl: object
) -> None:
    path = await app.license_path(license_.key, "/actions/check-out")
    answer = await app.ask("POST", path, {"meta": {"ttl": ttl}}, license_.key)
    assert refused(answer) == (400, None)


@ON_SQLITE
async def test_a_file_may_be_fetched_bare(app: KeygenApp, license_: License) -> None:
    path = await app.license_path(license_.key, "/actions/check-out?encrypt=1")
    for accept in ("application/json", "application/octet-stream"):
        answer = await app.ask("GET", path, key=license_.key, Accept=accept)
        assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith('.lic"')
    assert decrypted(opened(answer.text)["enc"], license_.key)["data"]["type"] == "licenses"


@ON_SQLITE
async def test_only_a_good_license_gets_a_file(
    app: KeygenApp, license_: License, database: Database
) -> None:
    path = await app.license_path(license_.key, "/actions/check-out")
    assert refused(await app.ask("POST", path)) == (401, "TOKEN_MISSING")
    put(database, license_, expires_at=NOON - timedelta(days=1))
    assert refused(await app.ask("POST", path, key=license_.key)) == (403, "LICENSE_EXPIRED")
    put(database, license_, status="revoked", reason="refunded")
    assert refused(await app.ask("POST", path, key=license_.key)) == (403, "LICENSE_SUSPENDED")


@ON_SQLITE
async def test_a_product_without_a_lease_gives_no_file(database: Database, tmp_path: Path) -> None:
    license_ = sell(database)
    given = Given(products(lease_days=0), ("keygen",))
    async with keygen_app(database, tmp_path, given) as app:
        path = await app.license_path(license_.key, "/actions/check-out")
        assert refused(await app.ask("POST", path, key=license_.key)) == (403, None)
