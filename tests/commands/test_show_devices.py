"""`mintpost show` tells the devices of a license, and those that are gone."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.devices import NewDevice, activate, release_by_holder, release_by_operator
from db.engine import Database
from domain.online import device_hash
from tests.db.rows import NOON, mint as mint_sale, sale_of
from tests.support.commanding import Run

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORDER = "gumroad:order-1"
LATER = NOON + timedelta(days=3)


@pytest.fixture
def order(clean: pytest.MonkeyPatch, database: Database, tmp_path: Path) -> Database:
    """Sell a license of two seats: two devices, one freed by the holder, one by the operator."""
    clean.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    clean.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    (tmp_path / "products.yaml").write_text(
        "gumroad:\n  - {product_id: product-1, tier: pro, devices: 3}\n"
    )

    def live(session: Session) -> None:
        sold = mint_sale(session, sale_of()).license.id
        for name in ("laptop", "desk", "phone", "watch"):
            activate(session, NewDevice(sold, name, f"the {name}", None, NOON))
        release_by_holder(session, sold, device_hash(sold, "phone"), None, LATER)
        release_by_operator(session, sold, device_hash(sold, "watch"), LATER)

    database.write_here(live)
    return database


async def shown(mint: Run, *options: str) -> str:
    answer = await asyncio.to_thread(mint, "show", ORDER, *options)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


@pytest.mark.usefixtures("order")
async def test_person_reads_devices_and_releases(mint: Run) -> None:
    said = await shown(mint)
    assert "\ndevices       2 of 6 " in said
    _, _, devices = said.partition("\ndevices\n")
    section = devices.partition("\n\n")[0].splitlines()
    assert section[0].split() == ["id", "activated", "last", "seen", "label"]
    assert [line.rpartition("  ")[2] for line in section[1:]] == ["the laptop", "the desk"]
    _, _, gone = said.partition("\nfreed devices\n")
    assert gone.partition("\n\n")[0].splitlines() == [
        "2026-09-04 12:00 UTC  its holder freed a device",
        "2026-09-04 12:00 UTC  `mintpost devices` freed a device",
    ]


async def test_license_without_devices_and_limit_shows_none(
    order: Database, mint: Run, tmp_path: Path
) -> None:
    (tmp_path / "products.yaml").unlink()
    order.write_here(lambda session: mint_sale(session, sale_of("order-2"), "KEY-2"))
    answer = await asyncio.to_thread(mint, "show", "gumroad:order-2")
    assert (answer.err, "devices" in answer.out) == ("", False)


@pytest.mark.usefixtures("order")
async def test_json_tells_the_devices_of_each_license(mint: Run) -> None:
    whole: dict[str, Any] = json.loads(await shown(mint, "--json"))
    (license_,) = whole["licenses"]
    assert (license_["devices"], license_["device_limit"]) == (2, 6)
    assert [each["label"] for each in whole["devices"]] == ["the laptop", "the desk"]
    assert list(whole["devices"][0]) == ["license_id", "id", "label", "activated_at", "last_seen"]
    assert whole["releases"] == [
        {"license_id": 1, "released_by": by, "released_at": "2026-09-04T12:00:00Z"}
        for by in ("operator", "holder")
    ]
