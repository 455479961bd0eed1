"""Each code of Mintpost's own API over HTTP, and the facts that come with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.online.own_answers import MESSAGES
from db.engine import Database
from db.sales import save_sale
from domain.license import License
from domain.online import Code
from domain.sale import Sale
from licensing.keys import new_key
from tests.db.rows import NOON, sale_of, store_event
from tests.support.online import Given, OnlineApi, Value, online_api, put, sell

YESTERDAY = datetime(2026, 8, 31, 23, 59, 59, tzinfo=UTC)
TOMORROW = datetime(2026, 9, 2, 23, 59, 59, tzinfo=UTC)

SHOP_KEY = "0F0F0F0F-1A1A1A1A-2B2B2B2B-3C3C3C3C"

KEYS = [
    "valid",
    "code",
    "message",
    "license",
    "device",
    "devices",
    "time",
    "answer",
    "token",
]
STATES: list[tuple[str, dict[str, Value]]] = [
    ("EXPIRED", {"expires_at": YESTERDAY}),
    ("EXPIRED", {"expires_at": YESTERDAY, "grace_until": YESTERDAY}),
    ("REFUNDED", {"status": "revoked", "reason": "refunded"}),
    ("DISPUTED", {"status": "suspended", "reason": "disputed"}),
    ("DISPUTED", {"status": "revoked", "reason": "dispute_lost"}),
    ("PAUSED", {"status": "suspended", "reason": "paused"}),
    ("DISABLED", {"status": "revoked", "reason": "by_hand"}),
    ("DISABLED", {"status": "revoked", "reason": "a word of a later version"}),
    ("DISABLED", {"status": "a word of a later version", "reason": None}),
]


def told(license_: License, **changed: object) -> dict[str, object]:
    """Return the license as an answer tells it."""
    return {
        "id": license_.token_id,
        "product": "product-1",
        "tier": "pro",
        "seats": 2,
        "test": False,
        "issued_at": "2026-09-01T12:00:00Z",
        "expires_at": None,
        "in_grace": False,
    } | changed


async def asked(apps: OnlineApi, verb: str, **fields: object) -> dict[str, Any]:
    """Return an answer without its signed part."""
    answer = await apps.ask(verb, **fields)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert list(document) == KEYS
    assert document["message"].endswith(".")
    assert isinstance(document.pop("answer"), str)
    assert document.pop("time") == "2026-09-01T12:00:00Z"
    assert isinstance(document, dict)
    return document


async def test_a_license_is_valid_and_its_token_comes_along(
    apps: OnlineApi, database: Database
) -> None:
    license_ = sell(database, token="the.current.token")
    assert await asked(apps, "validate", key=license_.key) == {
        "valid": True,
        "code": "VALID",
        "message": "This license is valid.",
        "license": told(license_),
        "device": None,
        "devices": {"used": 0, "limit": None},
        "token": "the.current.token",
    }


async def test_a_license_that_is_not_good_is_told_with_the_reason(
    apps: OnlineApi, database: Database
) -> None:
    for number, (code, columns) in enumerate(STATES):
        license_ = sell(database, sale_of(f"order-{number}"))
        put(database, license_, token="the.current.token", **columns)
        document = await asked(apps, "validate", key=license_.key)
        assert (document["valid"], document["code"]) == (False, code)
        ended = {"expires_at": "2026-08-31T23:59:59Z"} if "expires_at" in columns else {}
        assert document["license"] == told(license_, **ended)
        assert document["devices"] == {"used": 0, "limit": None}
        assert document["token"] == ("the.current.token" if code == "EXPIRED" else None)
        assert (await asked(apps, "activate", key=license_.key, device="d"))["code"] == code


async def test_a_late_renewal_leaves_the_license_valid_and_in_grace(
    apps: OnlineApi, database: Database
) -> None:
    license_ = sell(database, expires_at=YESTERDAY, grace_until=TOMORROW)
    document = await asked(apps, "validate", key=license_.key)
    assert document["code"] == "VALID"
    expected = told(license_, in_grace=True, expires_at="2026-08-31T23:59:59Z")
    assert document["license"] == expected


async def test_a_bad_key_tells_nothing(apps: OnlineApi, database: Database) -> None:
    license_ = sell(database)
    mistyped = license_.key[:-1] + ("A" if license_.key[-1] != "A" else "C")
    for verb, key, code in [
        ("validate", mistyped, "MISTYPED_KEY"),
        ("activate", "no key at all", "MISTYPED_KEY"),
        ("deactivate", new_key(), "UNKNOWN_KEY"),
    ]:
        document = await asked(apps, verb, key=key, device="d")
        assert (document["valid"], document["code"]) == (False, code)
        rest = ("license", "device", "devices", "token")
        assert [document[name] for name in rest] == [None] * len(rest)


async def test_another_product_is_refused_before_a_seat_is_touched(
    apps: OnlineApi, database: Database
) -> None:
    license_ = sell(database, device_limit=1)
    for verb in ("activate", "validate"):
        document = await asked(apps, verb, key=license_.key, product="other", device="d")
        assert (document["code"], document["license"]) == ("WRONG_PRODUCT", None)
    assert (await asked(apps, "validate", key=license_.key))["devices"]["used"] == 0


async def test_the_product_goes_by_its_id_and_by_each_name_it_has_today(
    database: Database, tmp_path: Path
) -> None:
    license_ = sell(database)  # Its sale knows the alias "lumen".
    moved = sell(database, sale_of("order-2"), product_id="product-2")
    products = "gumroad:\n  - product_id: lumen\n    tier: pro\n    years: 1\n"
    async with online_api(database, tmp_path, Given(products)) as apps:
        for key, product, code in [
            (license_.key, "product-1", "VALID"),
            (license_.key, "lumen", "VALID"),
            (license_.key, "Lumen", "WRONG_PRODUCT"),
            (license_.key, "", "WRONG_PRODUCT"),
            (moved.key, "product-2", "VALID"),
            (moved.key, "product-1", "WRONG_PRODUCT"),
            (moved.key, "lumen", "WRONG_PRODUCT"),
        ]:
            document = await asked(apps, "validate", key=key, product=product)
            assert document["code"] == code, (product, code)


async def test_a_device_is_activated_seen_and_released(apps: OnlineApi, database: Database) -> None:
    key = sell(database, device_limit=2).key
    new = await asked(apps, "validate", key=key, device="mine")
    assert (new["code"], new["devices"]) == ("DEVICE_NOT_ACTIVATED", {"used": 0, "limit": 2})
    mine = {
        "label": "Adas Büro 🖥️",
        "activated_at": "2026-09-01T12:00:00Z",
        "last_seen": "2026-09-01T12:00:00Z",
    }
    for verb, fields in [
        ("activate", {"label": mine["label"]}),
        ("activate", {}),
        ("validate", {}),
    ]:
        document = await asked(apps, verb, key=key, device="mine", **fields)
        assert document["message"] == "This license is valid on this device."
        assert (document["valid"], document["code"]) == (True, "VALID")
        assert (document["device"], document["devices"]) == (mine, {"used": 1, "limit": 2})
    gone = await asked(apps, "deactivate", key=key, device="mine")
    assert (gone["valid"], gone["code"], gone["device"]) == (False, "DEACTIVATED", None)
    assert gone["devices"] == {"used": 0, "limit": 2}
    again = await asked(apps, "deactivate", key=key, device="mine")
    assert again["code"] == "DEVICE_NOT_ACTIVATED"


async def test_a_full_license_lists_its_devices_and_each_can_be_released(
    apps: OnlineApi, database: Database
) -> None:
    key = sell(database, device_limit=2).key
    for name in ("one", "two"):
        await asked(apps, "activate", key=key, device=name, label=f"the {name}")
    full = await asked(apps, "activate", key=key, device="three")
    assert (full["valid"], full["code"], full["device"]) == (False, "DEVICE_LIMIT", None)
    listed = full["devices"].pop("list")
    assert full["devices"] == {"used": 2, "limit": 2}
    assert [each["label"] for each in listed] == ["the one", "the two"]
    assert set(listed[0]) == {"id", "label", "activated_at", "last_seen"}
    released = await asked(apps, "deactivate", key=key, device=listed[0]["id"])
    assert released["code"] == "DEACTIVATED"
    assert (await asked(apps, "activate", key=key, device="three"))["code"] == "VALID"


async def test_a_key_of_a_sale_without_a_license_yet_is_asked_again_soon(
    apps: OnlineApi, database: Database
) -> None:
    def pay(session: Session, sale: Sale) -> None:
        save_sale(session, store_event(session, sale.order_id), sale, NOON)

    database.write_here(pay, replace(sale_of(), shop_key=SHOP_KEY))
    answer = await apps.ask("validate", key=SHOP_KEY.lower())
    document = answer.json()
    assert (document["valid"], document["code"]) == (False, "NOT_READY")
    assert (document["license"], answer.headers["retry-after"]) == (None, "5")


async def test_the_key_of_the_storefront_opens_the_license_however_it_is_typed(
    apps: OnlineApi, database: Database
) -> None:
    sell(database, replace(sale_of(), shop_key=SHOP_KEY))
    for typed in ("0f0f0f0f-1a1a1a1a-2b2b2b2b-3c3c3c3c", " 0F0F0F0F 1A1A1A1A2B2B2B2B3C3C3C3C"):
        assert (await asked(apps, "validate", key=typed))["code"] == "VALID"


async def test_a_license_without_an_entry_is_answered_by_the_usual_terms(
    database: Database, tmp_path: Path
) -> None:
    license_ = sell(database)
    products = "gumroad:\n  - product_id: another\n    tier: pro\n    years: 1\n"
    async with online_api(database, tmp_path, Given(products)) as apps:
        document = await asked(apps, "activate", key=license_.key, device="d", product="product-1")
        assert (document["code"], document["devices"]) == ("VALID", {"used": 1, "limit": None})


async def test_a_license_of_an_early_version_is_named_by_its_number(
    apps: OnlineApi, database: Database
) -> None:
    license_ = put(database, sell(database), token_id=None)
    document = await asked(apps, "validate", key=license_.key)
    assert document["license"]["id"] == str(license_.id)


def test_each_code_has_a_message() -> None:
    assert set(MESSAGES) == set(Code)
