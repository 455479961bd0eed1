"""An app that asks Gumroad's verify call, and the license that it asks about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from db.engine import Database
from domain.license import License
from domain.sale import Product, Sale
from tests.db.rows import decision, sale_of
from tests.support.online import Given, OnlineApi, online_api

PATH = "/gumroad/v2/licenses/verify"
PRODUCT = "mT4v0pR1d9CkXq7sLw2Zzg=="
SHOP_KEY = "0F0F0F0F-1A1A1A1A-2B2B2B2B-3C3C3C3C"
"""A license key as Gumroad writes it. Some apps refuse any other form without a question."""

TERMS = replace(decision(), product_id=PRODUCT, product_name="Data Tools")
PRODUCTS = f"""\
gumroad:
  - product_id: {PRODUCT}
    tier: pro
    variant: {{Tier: Pro}}
  - product_id: {PRODUCT}
    tier: team
    variant: {{Tier: Team}}
  - product_id: other
    tier: other
"""
UNKNOWN = (404, "That license does not exist for the provided product.")
DISABLED = (404, "This license key has been disabled.")
ENDED = (404, "Access to the purchase associated with this license has expired.")


def sale(subscription_id: str | None = None, order_id: str = "Qw8zL1mN4vXc7bTy2rPk9A==") -> Sale:
    link = "https://datatools.gumroad.example/l/datatools"
    return replace(
        sale_of(order_id, subscription_id),
        product=Product(PRODUCT, "Data Tools", ("datatools", link), (("Tier", "Pro"),)),
        order_number="483920177",
        shop_key=SHOP_KEY,
    )


@dataclass(frozen=True, slots=True)
class GumroadApp:
    api: OnlineApi

    async def post(self, key: str, **fields: str) -> httpx.Response:
        named = {"product_id": PRODUCT} if not fields.keys() - {"increment_uses_count"} else {}
        return await self.api.http.post(PATH, data={"license_key": key, **named, **fields})

    async def refused(self, key: str, **fields: str) -> tuple[int, str]:
        answer = await self.post(key, **fields)
        body = answer.json()
        assert (body.pop("success"), set(body)) == (False, {"message"})
        return answer.status_code, body["message"]

    async def verified(self, key: str, **fields: str) -> Any:  # noqa: ANN401 - any JSON value
        answer = await self.post(key, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def purchase(self, license_: License) -> Any:  # noqa: ANN401 - any JSON value
        return (await self.verified(license_.key))["purchase"]


@asynccontextmanager
async def gumroad_app(
    database: Database, folder: Path, products: str = PRODUCTS
) -> AsyncIterator[GumroadApp]:
    async with online_api(database, folder, Given(products, ("gumroad",))) as api:
        yield GumroadApp(api)
