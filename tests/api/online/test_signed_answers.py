"""The signed answer is a lease, and says nothing that the answer beside it does not."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.utils import base64url_decode

from db.engine import Database
from licensing.keys import new_key
from licensing.tokens import ALGORITHM, SIGNATURE_ONLY
from tests.db.rows import BUYER, NOON
from tests.support.online import ISSUER, PRODUCTS, SIGNER, OnlineApi, online_api, put, sell

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NONCE = "a-nonce-of-an-app"
FIVE_MINUTES = timedelta(minutes=5)
LEASES = [
    (30, None, timedelta(days=30)),
    (30, 3, timedelta(days=3)),
    (30, 90, timedelta(days=30)),
    (30, 0, FIVE_MINUTES),
    (0, None, FIVE_MINUTES),
    (0, 9, FIVE_MINUTES),
]


def claims_of(answer: httpx.Response) -> dict[str, Any]:
    """Verify the signed answer as an app does; return its claims."""
    assert answer.status_code == 200, answer.text
    token = answer.json()["answer"]
    header = jwt.get_unverified_header(token)
    assert header == {"alg": ALGORITHM, "kid": SIGNER.public_key.kid, "typ": "answer+jwt"}
    key = Ed25519PublicKey.from_public_bytes(base64url_decode(SIGNER.public_key.x))
    audience = answer.json()["license"] and answer.json()["license"]["product"]
    claims: dict[str, Any] = jwt.decode(token, key, [ALGORITHM], SIGNATURE_ONLY, audience=audience)
    assert claims["iss"] == ISSUER
    assert not claims.keys() & {"jti", "key"}  # Or an app in the field took it for a license.
    return claims


def lease_of(answer: httpx.Response) -> timedelta:
    claims = claims_of(answer)
    return timedelta(seconds=claims["exp"] - claims["iat"])


async def test_a_valid_answer_names_license_device_and_nonce(
    apps: OnlineApi, database: Database
) -> None:
    license_ = sell(database)
    asked = {"key": license_.key, "device": "mine", "nonce": NONCE, "label": "x"}
    for verb in ("activate", "validate"):
        assert claims_of(await apps.ask(verb, **asked)) == {
            "iss": ISSUER,
            "sub": license_.token_id,
            "aud": "product-1",
            "code": "VALID",
            "tier": "pro",
            "seats": 2,
            "device": "mine",
            "nonce": NONCE,
            "iat": int(NOON.timestamp()),
            "exp": int((NOON + timedelta(days=14)).timestamp()),
        }


async def test_a_refusal_lives_five_minutes(apps: OnlineApi, database: Database) -> None:
    license_ = sell(database, device_limit=1, status="revoked", reason="refunded")
    refund = await apps.ask("validate", key=license_.key, device="mine", nonce=NONCE)
    assert (lease_of(refund), claims_of(refund)["code"]) == (FIVE_MINUTES, "REFUNDED")
    assert claims_of(refund)["sub"] == license_.token_id
    assert (claims_of(refund)["device"], claims_of(refund)["nonce"]) == ("mine", NONCE)
    put(database, license_, status="active", reason=None)
    for verb in ("validate", "deactivate"):
        answer = await apps.ask(verb, key=license_.key, device="mine")
        assert lease_of(answer) == FIVE_MINUTES
        assert claims_of(answer)["code"] == "DEVICE_NOT_ACTIVATED"


async def test_an_answer_that_tells_no_license_names_none(
    apps: OnlineApi, database: Database
) -> None:
    license_ = sell(database)
    for asked in ({"key": new_key()}, {"key": "mistyped"}, {"key": license_.key, "product": "x"}):
        answer = await apps.ask("validate", **asked, nonce=NONCE)
        assert set(claims_of(answer)) == {"iss", "code", "nonce", "iat", "exp"}
        assert lease_of(answer) == FIVE_MINUTES


async def test_the_lease_is_the_product_s_and_an_app_may_ask_for_a_shorter_one(
    database: Database, tmp_path: Path
) -> None:
    key = sell(database).key
    async with online_api(database, tmp_path) as apps:
        for set_days, asked_days, lease in LEASES:
            apps.products.write_text(f"{PRODUCTS}    lease_days: {set_days}\n")
            answer = await apps.ask("activate", key=key, device="d", lease_days=asked_days)
            assert lease_of(answer) == lease, (set_days, asked_days)


async def test_no_lease_outlives_the_license_and_its_grace(
    apps: OnlineApi, database: Database
) -> None:
    end = datetime(2026, 9, 3, 23, 59, 59, tzinfo=UTC)
    license_ = sell(database, expires_at=end)
    answer = await apps.ask("validate", key=license_.key)
    assert claims_of(answer)["exp"] == int(end.timestamp())
    grace = end + timedelta(days=2)
    put(database, license_, grace_until=grace)
    assert claims_of(await apps.ask("validate", key=license_.key))["exp"] == int(grace.timestamp())
    apps.clock.now = grace - timedelta(seconds=60)
    answer = await apps.ask("validate", key=license_.key, lease_days=0)
    assert lease_of(answer) == timedelta(seconds=60)


async def test_times_are_whole_seconds_and_agree(apps: OnlineApi, database: Database) -> None:
    key = sell(database).key
    apps.clock.now = NOON + timedelta(microseconds=999_999)
    answer = await apps.ask("validate", key=key)
    assert answer.json()["time"] == "2026-09-01T12:00:00Z"
    assert claims_of(answer)["iat"] == int(NOON.timestamp())


async def test_no_answer_holds_data_of_the_buyer(apps: OnlineApi, database: Database) -> None:
    key = sell(database, device_limit=1).key
    for verb, device in (("activate", "a"), ("activate", "b"), ("validate", "a")):
        answer = await apps.ask(verb, key=key, device=device)
        told = f"{answer.text}{claims_of(answer)}"
        assert re.search(f"{BUYER}|Ada|order-1|{key}", told) is None
