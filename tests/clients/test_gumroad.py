"""Clients of Gumroad's verify call, pointed at Mintpost."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Database
from domain.license import License
from tests.api.online.dialects.gumroad_app import (
    DISABLED,
    PATH,
    PRODUCT,
    SHOP_KEY,
    TERMS,
    UNKNOWN,
    GumroadApp,
    gumroad_app,
    sale,
)
from tests.clients.running import Clients
from tests.support.online import put, sell
from tests.support.outages import database_away

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For an outage, because a locked SQLite file can still be read."""

ELECTRON = [("electron-gumroad-license", "DataTools"), ("electron-gumroad-license-2", PRODUCT)]
"""Each client with its name for the product: the older one sends a permalink."""

EACH_ELECTRON = pytest.mark.parametrize(("client", "product"), ELECTRON)


@pytest.fixture
async def app(database: Database, tmp_path: Path) -> AsyncIterator[GumroadApp]:
    async with gumroad_app(database, tmp_path) as app:
        yield app


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database, sale(), TERMS)


class Electron:
    """An Electron app that stores its license, as one of the two clients does."""

    def __init__(self, npm: Clients, app: GumroadApp, folder: Path) -> None:
        self.npm, self.app, self.folder = npm, app, folder

    async def run(
        self, client: str, product: str, *calls: list[str], **options: int
    ) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = await self.npm.run(
            "electron_gumroad.mjs",
            client=client,
            product=product,
            url=f"{self.app.api.url}{PATH}",
            folder=str(self.folder),
            calls=calls,
            options=options,
        )
        return results


@pytest.fixture
def electron(npm: Clients, app: GumroadApp, tmp_path: Path) -> Electron:
    return Electron(npm, app, tmp_path)


@EACH_ELECTRON
@ON_SQLITE
async def test_an_electron_app_takes_a_license_and_checks_it(
    electron: Electron, license_: License, client: str, product: str
) -> None:
    key = f" {license_.key.lower()} "
    added, checked, validated = await electron.run(
        client, product, ["addLicense", key], ["checkCurrentLicense"], ["validateLicenseCode", key]
    )
    assert (added["success"], added["uses"]) == (True, 1)
    assert (checked["status"], checked["purchase"]["license_key"]) == ("ValidLicense", license_.key)
    assert (validated["status"], validated["uses"]) == ("ValidLicense", 1)


@EACH_ELECTRON
@ON_SQLITE
async def test_an_electron_app_bounds_the_uses_itself(
    electron: Electron, license_: License, client: str, product: str
) -> None:
    adding = ["addLicense", license_.key]
    *good, refused = await electron.run(client, product, *[adding] * 3, maxUses=2)
    assert [one["success"] for one in good] == [True, True]
    assert (refused["success"], "limit of 2" in refused["message"]) == (False, True)


@EACH_ELECTRON
@ON_SQLITE
async def test_an_electron_app_sees_a_refund_and_a_dispute(
    electron: Electron, license_: License, client: str, product: str
) -> None:
    for status, reason in (("revoked", "refunded"), ("suspended", "disputed")):
        put(electron.app.api.database, license_, status=status, reason=reason)
        (told,) = await electron.run(client, product, ["validateLicenseCode", license_.key])
        assert (told["status"], "refunded" in told["message"]) == ("InvalidLicense", True)


@ON_SQLITE
async def test_the_older_electron_app_reads_why_a_license_is_refused(
    electron: Electron, license_: License
) -> None:
    put(electron.app.api.database, license_, status="revoked", reason="by_hand")
    asked = (["validateLicenseCode", license_.key], ["validateLicenseCode", "ACDE-0000"])
    told = await electron.run(*ELECTRON[0], *asked)
    assert [one["status"] for one in told] == ["InvalidLicense"] * 2
    assert [one["message"] for one in told] == [DISABLED[1], UNKNOWN[1]]


@EACH_ELECTRON
@ON_POSTGRES
async def test_an_electron_app_keeps_its_license_through_an_outage(
    electron: Electron, license_: License, client: str, product: str
) -> None:
    checking, validating = ["checkCurrentLicense"], ["validateLicenseCode", license_.key]
    await electron.run(client, product, ["addLicense", license_.key], checking)
    with database_away(electron.app.api.database.engine.url):
        kept, asked = await electron.run(client, product, checking, validating)
    assert (kept["status"], asked["status"]) == ("ValidLicense", "UnableToCheck")
    assert kept["purchase"]["license_key"] == license_.key


async def figma(npm: Clients, app: GumroadApp, *keys: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = await npm.run(
        "figma_gumroad.mjs", base=f"{app.api.url}/gumroad", permalink="datatools", keys=keys
    )
    return results


@ON_SQLITE
async def test_a_figma_plugin_takes_the_storefronts_key_only(
    npm: Clients, app: GumroadApp, license_: License
) -> None:
    good, unknown, ours = await figma(npm, app, SHOP_KEY, SHOP_KEY.replace("0", "1"), license_.key)
    assert (good["result"], good["licenseKey"], good["email"]) == ("VALID", SHOP_KEY, "")
    assert (good["purchaseTimestamp"], good["variant"]) == ("2026-09-01T12:00:00Z", "(Pro)")
    assert (unknown["result"], ours["result"]) == ("INVALID", "INVALID")


@ON_POSTGRES
async def test_a_figma_plugin_tells_an_outage_from_a_bad_license(
    npm: Clients, app: GumroadApp, license_: License
) -> None:
    with database_away(app.api.database.engine.url):
        (away,) = await figma(npm, app, SHOP_KEY)
        (unlike,) = await figma(npm, app, license_.key)
    assert (away["result"], unlike["result"]) == ("ENDPOINT_DOWN", "INVALID")


@ON_SQLITE
async def test_the_bytes_of_go_gumroad_are_answered_with_what_it_sent(
    app: GumroadApp, license_: License
) -> None:
    body = f"license_key={license_.key}&product_id=mT4v0pR1d9CkXq7sLw2Zzg%3D%3D".encode()
    headers = {
        "user-agent": "Go-http-client/1.1",
        "content-type": "application/x-www-form-urlencoded",
        "accept-encoding": "gzip",
    }
    answer = (await app.api.http.post(PATH, content=body, headers=headers)).json()
    purchase = answer["purchase"]
    assert (purchase["product_id"], purchase["license_key"]) == (PRODUCT, license_.key)
    assert type(answer["uses"]) is type(purchase["order_number"]) is int
    texts = ("id", "sale_id", "seller_id", "permalink", "variants", "currency", "email")
    assert {type(purchase[name]) for name in texts} == {str}


@ON_SQLITE
async def test_an_app_in_a_browser_sends_each_form_of_body(
    npm: Clients, app: GumroadApp, license_: License
) -> None:
    url, key = f"{app.api.url}{PATH}", license_.key
    good = {"product_permalink": "datatools", "license_key": key}
    told = await npm.run("browser_gumroad.mjs", url=url, fields=good)
    assert told == [[200, "*", True]] * 4
    refused = await npm.run("browser_gumroad.mjs", url=url, fields={**good, "license_key": "x"})
    assert refused == [[404, "*", False]] * 4
