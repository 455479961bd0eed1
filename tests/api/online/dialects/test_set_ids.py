"""The ids and terms that an entry of products.yaml sets, as other vendors' apps see them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from domain.license import License
from tests.db.rows import BUYER
from tests.support import lemonsqueezy, polar
from tests.support.online import Given, OnlineApi, online_api, sell

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRODUCTS = f"""\
gumroad:
  - product_id: product-1
    tier: pro
    devices: 1
    answer_email: true
    dialects:
      lemonsqueezy: {{store: 9, product: 7001, variant: 7002}}
      polar: {{organization: {polar.ORGANIZATION}, benefit: {polar.BENEFIT}}}
"""


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> AsyncIterator[OnlineApi]:
    given = Given(products=PRODUCTS, dialects=("lemonsqueezy", "polar"))
    async with online_api(database, tmp_path, given) as running:
        yield running


@pytest.fixture
def license_(database: Database) -> License:
    return sell(database)


@ON_SQLITE
async def test_lemon_squeezy_apps_find_the_sellers_numbers(
    api: OnlineApi, license_: License
) -> None:
    told = (await lemonsqueezy.ask(api, "validate", license_key=license_.key)).json()
    meta = told["meta"]
    assert (meta["store_id"], meta["product_id"], meta["variant_id"]) == (9, 7001, 7002)
    assert meta["customer_email"] == BUYER
    assert meta["customer_name"] == ""


@ON_SQLITE
async def test_polar_apps_find_the_sellers_ids(api: OnlineApi, license_: License) -> None:
    asked = {"organization_id": polar.ORGANIZATION.upper(), "benefit_id": polar.BENEFIT}
    told = (await polar.ask(api, "validate", license_.key, **asked)).json()
    assert told["organization_id"] == polar.ORGANIZATION
    assert told["benefit_id"] == polar.BENEFIT
    assert told["customer"]["email"] == told["user"]["email"] == BUYER
    assert told["customer"]["name"] is None


@ON_SQLITE
async def test_another_organization_than_the_set_one_takes_no_seat(
    api: OnlineApi, license_: License
) -> None:
    other = {"organization_id": polar.NOBODY}
    for verb in ("activate", "validate", "deactivate"):
        answer = await polar.ask(
            api, verb, license_.key, label="x", activation_id=polar.NOBODY, **other
        )
        assert polar.answered(answer) == polar.refusal(404, polar.NOT_FOUND)
    await polar.activated(api, license_)


@ON_SQLITE
async def test_another_benefit_than_the_set_one_is_a_mismatch(
    api: OnlineApi, license_: License
) -> None:
    answer = await polar.ask(api, "validate", license_.key, benefit_id=polar.NOBODY)
    assert polar.answered(answer) == polar.refusal(404, polar.OTHER_BENEFIT)


@ON_SQLITE
async def test_one_limit_holds_over_all_apis(api: OnlineApi, license_: License) -> None:
    instance = (await lemonsqueezy.activated(api, license_))["instance"]["id"]
    assert instance is not None
    limit = 2 * 1  # Two seats of one device each.
    made = await polar.activated(api, license_)
    assert made["license_key"]["limit_activations"] == limit
    own = (await api.ask("activate", key=license_.key, device="third")).json()
    assert own["code"] == "DEVICE_LIMIT"
    both = {"license_key": license_.key, "instance_id": instance}
    assert (await lemonsqueezy.ask(api, "deactivate", **both)).status_code == 200
    own = (await api.ask("activate", key=license_.key, device="third")).json()
    assert own["code"] == "VALID"
    full = await lemonsqueezy.ask(api, "activate", license_key=license_.key, instance_name="x")
    assert full.json()["error"] == lemonsqueezy.FULL
    assert full.json()["license_key"]["activation_limit"] == limit
