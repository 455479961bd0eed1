"""Gumroad's verify call: products, keys, verdicts and the counter."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.engine import Database
from db.sales import save_sale
from domain.sale import Product
from licensing.keys import new_key
from tests.api.online.dialects.gumroad_app import (
    DISABLED,
    ENDED,
    PATH,
    PRODUCT,
    SHOP_KEY,
    TERMS,
    UNKNOWN,
    GumroadApp,
    gumroad_app,
    sale,
)
from tests.db.rows import NOON, store_event
from tests.support.online import Value, put, sell

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
YESTERDAY = NOON - timedelta(days=1)


@pytest.fixture
def key(database: Database) -> str:
    return sell(database, sale(), TERMS).key


@ON_SQLITE
@pytest.mark.parametrize("path", [PATH, "/gumroad/api/v2/licenses/verify"])
async def test_each_form_of_the_question_is_understood(
    app: GumroadApp, key: str, path: str
) -> None:
    fields = {"product_id": PRODUCT, "license_key": key, "increment_uses_count": "false"}
    half = {"product_id": PRODUCT, "increment_uses_count": False}
    whole = {name: (None, value) for name, value in fields.items()}
    http = app.api.http
    answers = [
        await http.post(path, data=fields),
        await http.post(path, files=whole),
        await http.post(path, json=fields),
        await http.post(path, params=fields),
        await http.post(path, params={"license_key": key}, json=half),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.text for answer in answers}) == 1


@ON_SQLITE
@pytest.mark.parametrize(
    "named",
    [
        {"product_permalink": "datatools"},
        {"product_permalink": "DataTools"},
        {"id": "datatools"},
        {"link_id": "datatools"},
        {"id": "datatools", "link_id": "wrong", "product_permalink": "wrong"},
        {"link_id": "datatools", "product_permalink": "wrong"},
        {"product_id": PRODUCT, "product_permalink": "wrong"},
        {"product_id": "", "product_permalink": "datatools"},
        {"product_id": "datatools"},
    ],
)
async def test_a_product_is_named_by_id_or_permalink(
    app: GumroadApp, key: str, named: dict[str, str]
) -> None:
    purchase = (await app.verified(key, **named))["purchase"]
    assert purchase["product_id"] == (named.get("product_id") or PRODUCT)
    assert purchase["permalink"] == "datatools"


@ON_SQLITE
@pytest.mark.parametrize(
    "named",
    [
        {"product_id": "other"},
        {"product_id": "nobody's"},
        {"product_id": PRODUCT.lower()},
        {"product_id": "wrong", "product_permalink": "datatools"},
        {"id": "wrong", "product_permalink": "datatools"},
        {"product_permalink": "other"},
        {"product_id": ""},
    ],
)
async def test_another_product_is_an_unknown_license(
    app: GumroadApp, key: str, named: dict[str, str]
) -> None:
    assert await app.refused(key, **named) == UNKNOWN
    assert (await app.verified(key))["uses"] == 1


@ON_SQLITE
async def test_an_unknown_mistyped_or_missing_key_is_an_unknown_license(app: GumroadApp) -> None:
    for key in (new_key(), "ACDE-0000", "", SHOP_KEY):
        assert await app.refused(key) == UNKNOWN
    answer = await app.api.http.post(PATH, data={"product_id": PRODUCT})
    assert (answer.status_code, answer.json()["message"]) == UNKNOWN


@ON_SQLITE
@pytest.mark.parametrize("asked", [SHOP_KEY, SHOP_KEY.lower(), f"  {SHOP_KEY} "])
async def test_the_storefronts_key_is_answered_as_its_holder_got_it(
    app: GumroadApp, key: str, asked: str
) -> None:
    assert (await app.verified(asked))["purchase"]["license_key"] == SHOP_KEY
    own = await app.verified(key.lower().replace("-", " "))
    assert own["purchase"]["license_key"] == key


STATES: list[tuple[dict[str, Value], tuple[int, str]]] = [
    ({"status": "revoked", "reason": "by_hand"}, DISABLED),
    ({"status": "revoked", "reason": "a word of a later version"}, DISABLED),
    ({"status": "suspended", "reason": "paused"}, ENDED),
    ({"expires_at": YESTERDAY}, ENDED),
]


@ON_SQLITE
@pytest.mark.parametrize(("columns", "refusal"), STATES)
async def test_a_license_that_is_over_is_refused_in_the_vendors_words(
    app: GumroadApp, database: Database, columns: dict[str, Value], refusal: tuple[int, str]
) -> None:
    license_ = sell(database, sale(), TERMS, **columns)
    assert await app.refused(license_.key) == refusal
    put(database, license_, status="active", reason=None, expires_at=None)
    assert (await app.verified(license_.key))["uses"] == 1


FLAGS: list[tuple[dict[str, Value], set[str]]] = [
    ({"status": "revoked", "reason": "refunded"}, {"refunded"}),
    ({"status": "suspended", "reason": "disputed"}, {"disputed", "chargebacked"}),
    ({"status": "revoked", "reason": "dispute_lost"}, {"disputed", "chargebacked"}),
    ({"status": "active", "reason": None}, set()),
]


@ON_SQLITE
@pytest.mark.parametrize("subscription", [None, "subscription-1"])
async def test_apps_read_a_refund_and_a_dispute_in_the_flags(
    app: GumroadApp, database: Database, subscription: str | None
) -> None:
    license_ = sell(database, sale(subscription), TERMS)
    for columns, flags in FLAGS:
        put(database, license_, **columns)
        purchase = await app.purchase(license_)
        flagged = {"refunded", "disputed", "chargebacked", "dispute_won"}
        assert {name for name in flagged if purchase.get(name)} == flags


@ON_SQLITE
async def test_a_sale_without_its_license_yet_is_no_verdict(
    app: GumroadApp, database: Database
) -> None:
    sold = sale()
    event_id = database.write_here(store_event, sold.order_id)
    database.write_here(save_sale, event_id, sold, NOON)
    answer = await app.post(SHOP_KEY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")


@ON_SQLITE
async def test_after_a_change_of_product_only_the_new_names_count(
    app: GumroadApp, database: Database
) -> None:
    license_ = sell(database, sale(), TERMS, product_id="other", tier="other")
    for old in ({"product_id": PRODUCT}, {"product_permalink": "datatools"}):
        assert await app.refused(license_.key, **old) == UNKNOWN
    assert (await app.verified(license_.key, product_id="other"))["success"]


@ON_SQLITE
async def test_an_entry_under_the_permalink_speaks_for_the_product(
    database: Database, tmp_path: Path
) -> None:
    entry = "gumroad:\n  - product_id: datatools\n    tier: pro\n    answer_email: true\n"
    sold = replace(sale(), product=Product(PRODUCT, "Data Tools", ("datatools",)))
    license_ = sell(database, sold, TERMS)
    async with gumroad_app(database, tmp_path, entry) as app:
        assert (await app.purchase(license_))["email"] == license_.email
