"""A shop's own list of products, from its API to lines for products.yaml."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from catalog.file import parse_products
from commands.shop_products import entries
from fakes.lemonsqueezy_api import FakeLemonSqueezyApi
from fakes.paddle_api import FakePaddleApi
from fakes.shop_api import FakeShopApi
from fakes.shop_faults import EMPTY_PAGE, status
from fakes.stripe_api import FakeStripeApi
from kit.environment import EnvironmentSettings
from kit.refusals import RefusedError
from operations.shop_products import list_products
from storefronts.base import Storefront
from storefronts.listing import ListedId, ListedProduct
from storefronts.registry import SOURCES, package_of
from tests.support.serving import serving

S = TypeVar("S", bound=EnvironmentSettings)
KEY = "live-api-key"


def stripe_price(number: int, product: int, **fields: object) -> dict[str, Any]:
    return {
        "id": f"price_{number:08}",
        "nickname": None,
        "lookup_key": None,
        "currency": "usd",
        "unit_amount": 4900,
        "recurring": None,
        "product": {"id": f"prod_{product:08}", "name": "Inkwell", "active": True},
        **fields,
    }


YEARLY = {"interval": "year", "interval_count": 1}
FILLERS = range(100, 199)
STRIPE = {
    "/v1/prices?active=true&limit=100&expand[]=data.product": {
        "object": "list",
        # The second page begins with the second price.
        "data": [
            stripe_price(1, 1, recurring=YEARLY, lookup_key="ink"),
            *(stripe_price(number, 9) for number in FILLERS),
            stripe_price(2, 1, currency="jpy", nickname="In Japan"),
            stripe_price(3, 2),
        ],
        "has_more": False,
    },
}
PADDLE_PRICE = {
    "id": "pri_01kb4ef5ng0ej1ve2szszy6nvm",
    "status": "active",
    "name": None,
    "description": "Yearly",
    "billing_cycle": {"interval": "year", "frequency": 1},
    "unit_price": {"amount": "12000", "currency_code": "USD"},
}
PADDLE = {
    "/products?status=active&include=prices&per_page=200": {
        "data": [{"id": "pro_01", "name": "Inkwell", "prices": [PADDLE_PRICE]}],
        "meta": {"pagination": {"has_more": True, "next": "https://x/products?after=pro_01"}},
    },
    "/products?after=pro_01": {
        "data": [{"id": "pro_02", "name": "Brushes", "prices": []}],
        "meta": {"pagination": {"has_more": False, "next": "https://x/products?after=pro_02"}},
    },
}
LEMON_SQUEEZY: Mapping[str, dict[str, Any]] = {
    "/v1/products?include=variants&page[size]=100": {
        "data": [
            {
                "id": "412751",
                "attributes": {"name": "Inkwell"},
                "relationships": {"variants": {"data": [{"type": "variants", "id": "659205"}]}},
            }
        ],
        "included": [{"type": "variants", "id": "659205", "attributes": {"name": "Basic"}}],
        "links": {"next": "https://x/v1/products?page%5Bnumber%5D=2"},
    },
    "/v1/products?page[number]=2": {"data": [], "links": {}},
}


@dataclass(frozen=True, slots=True)
class Case:
    api: Callable[[], FakeShopApi]
    pages: Mapping[str, dict[str, Any]]
    products: list[ListedProduct]


CASES = {
    "stripe": Case(
        FakeStripeApi,
        STRIPE,
        [
            ListedProduct(
                "prod_00000001",
                "Inkwell",
                (
                    ListedId("price_00000001", "price", "49.00 USD, every 1 year"),
                    ListedId("ink", "lookup key", "moves to another price if you move it: Inkwell"),
                    ListedId("price_00000002", "price", "In Japan, 4,900 JPY"),
                ),
            ),
            ListedProduct(
                "prod_00000009",
                "Inkwell",
                tuple(ListedId(f"price_{each:08}", "price", "49.00 USD") for each in FILLERS),
            ),
            ListedProduct(
                "prod_00000002", "Inkwell", (ListedId("price_00000003", "price", "49.00 USD"),)
            ),
        ],
    ),
    "paddle": Case(
        FakePaddleApi,
        PADDLE,
        [
            ListedProduct(
                "pro_01",
                "Inkwell",
                (
                    ListedId(
                        "pri_01kb4ef5ng0ej1ve2szszy6nvm",
                        "price",
                        "Yearly, 120.00 USD, every 1 year",
                    ),
                ),
            ),
            ListedProduct("pro_02", "Brushes"),
        ],
    ),
    "lemonsqueezy": Case(
        FakeLemonSqueezyApi,
        LEMON_SQUEEZY,
        [ListedProduct("412751", "Inkwell", (ListedId("659205", "variant", "Basic"),))],
    ),
}
every_shop = pytest.mark.parametrize("source", CASES)


def storefront(source: str, url: str, key: str = KEY) -> Storefront:
    def load(settings: type[S]) -> S:
        return settings.model_validate({f"{source}_api_url": url, f"{source}_api_key": key})

    return package_of(source).open_for_worker(load)


def fake(source: str) -> FakeShopApi:
    api = CASES[source].api()
    for target, page in CASES[source].pages.items():
        api.add(target, json.dumps(page).encode())
    return api


@every_shop
async def test_all_pages_of_the_list_are_read(source: str) -> None:
    async with serving(fake(source).app) as url:
        found = await list_products(storefront(source, url), "live")

    assert found == CASES[source].products


@every_shop
def test_the_lines_are_entries_of_products_yaml(source: str) -> None:
    lines = "\n".join(entries(source, CASES[source].products))
    catalog = parse_products(Path("p.yaml"), lines.encode(), SOURCES)

    named = [(offer.product_id, offer.tier) for offer in catalog.offers[source]]
    assert named == [(each.product_id, each.name.lower()) for each in CASES[source].products]


@every_shop
async def test_the_other_side_is_not_asked_with_this_key(source: str) -> None:
    with pytest.raises(RefusedError, match=f"{source.upper()}_TEST_API_KEY is not set: set it"):
        await list_products(storefront(source, "http://127.0.0.1:1"), "test")


async def test_a_shop_that_is_away_or_refuses_is_told_without_a_promise() -> None:
    api = fake("stripe")
    api.faults.append(status(500))
    async with serving(api.app) as url:
        again = "`mintpost products list --source stripe`"
        away = f"^the API of Stripe answered 500; try again: {again}$"
        with pytest.raises(RefusedError, match=away):
            await list_products(storefront("stripe", url), "live")
        api.lacking.add("/v1/prices")
        refused = r"\(403\): give it read rights for Prices and Products$"
        with pytest.raises(RefusedError, match=refused):
            await list_products(storefront("stripe", url), "live")


async def test_an_empty_page_with_more_behind_it_is_told() -> None:
    api = fake("stripe")
    api.faults.append(EMPTY_PAGE)
    async with serving(api.app) as url:
        with pytest.raises(RefusedError, match="data must have the prices of the page"):
            await list_products(storefront("stripe", url), "live")
