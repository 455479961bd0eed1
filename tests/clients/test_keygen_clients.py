"""Keygen's own clients, pointed at Mintpost."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from kit.clock import utc_now
from tests.api.online.dialects.keygen_app import (
    ACCOUNT,
    ON_SQLITE,
    PRODUCT,
    KeygenApp,
    keygen_app,
    products,
)
from tests.clients.conftest import PythonClients
from tests.db.rows import sale_of
from tests.support.online import SIGNER, Given, SetClock, sell

PUBLIC_KEY = SIGNER.public_key.hex()

REFUSALS = {
    "new": {"NO_MACHINE"},
    "taken": {"FINGERPRINT_TAKEN"},
    "full": {"MACHINE_LIMIT_EXCEEDED"},
    "gone": {"NO_MACHINE"},
    "unknown": {"LICENSE_INVALID"},
    # The client hides the reason, and takes the answer for none.
    "forged": set[str](),
}


def codes_in(text: str) -> set[str]:
    """Return Keygen's codes in an exception of the client in Rust, which may be JSON."""
    return set(re.findall(r'"code":"([A-Z_]+)"', text))


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[KeygenApp]:
    """Run the API at the clients' own time, because they check the times of files."""
    given = Given(products(), ("keygen",), clock=SetClock(utc_now()))
    async with keygen_app(database, tmp_path, given) as app:
        yield app


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, device_limit=1)


@ON_SQLITE
async def test_keygen_sdk_takes_a_license_through_its_life(
    app: KeygenApp, license_: License, database: Database, python: PythonClients
) -> None:
    refunded = sell(database, sale_of("order-2"), status="revoked", reason="refunded")
    ended = sell(database, sale_of("order-3"), expires_at=utc_now() - timedelta(days=2))
    told = await python("keygen-sdk").run(
        "keygen_sdk.py",
        url=f"{app.api.url}/keygen",
        key=license_.key,
        suspended=refunded.key,
        expired=ended.key,
        product=PRODUCT,
        public_key=PUBLIC_KEY,
    )
    assert told == {
        "new": "LicenseNotActivatedError",
        "taken": "MachineAlreadyActivatedError",
        "full": "MachineLimitExceededError",
        "valid": "VALID",
        "other": "LicenseNotActivatedError",
        "heartbeat": "ALIVE",
        "by_id": "VALID",
        "found": True,
        "listed": True,
        "entitlements": [],
        "file": license_.key,
        "ttl": 7200,
        "plain": True,
        "again": "NotFoundError",
        "gone": "LicenseNotActivatedError",
        "suspended": "LicenseSuspendedError",
        "expired": "LicenseExpiredError",
        "unknown": "LicenseKeyError",
        "forged": "ResponseSignatureInvalidError",
    }


@ON_SQLITE
async def test_keygen_py_takes_a_license_through_its_life(
    app: KeygenApp, license_: License, python: PythonClients
) -> None:
    told = await python("keygen-py").run(
        "keygen_py.py",
        url=f"{app.api.url}/keygen",
        key=license_.key,
        account=ACCOUNT,
        product=PRODUCT,
        public_key=PUBLIC_KEY,
    )
    refusals = {name: told.pop(name) for name in REFUSALS}
    assert {name: codes_in(text) for name, text in refusals.items()} == REFUSALS
    assert told == {
        "valid": "ACTIVE",
        "heartbeat": "ALIVE",
        "listed": True,
        "found": "fp",
        "file": license_.key,
        "ttl": 7200,
    }
