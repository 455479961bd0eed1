"""Remaps: the license gets today's terms from all counted payments, at any time, any number."""

import asyncio
from datetime import UTC, datetime

import pytest

from activities.mint import Mint
from catalog.file import ProductsFile
from db.further_keys import licenses_of_any_key
from db.remaps import (
    Asker,
    Remapped,
    licenses_of_order,
    licenses_of_product,
    remap_license,
)
from db.requests import store_request
from db.resend_runs import waiting_resends
from db.sales import save_sale
from db.views.lists import Filters, LicenseLine, list_deliveries, list_licenses
from domain.sale import Sale
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.support.pings import changed, new_event, order_of, recorded
from tests.support.running import FORM, Setup
from tests.support.sales import sale_in
from workflows.steps import SaleToMint

MONTHLY = """\
gumroad:
  - product_id: "sDOLRWAJ9iPxvwmpujenuA=="
    tier: studio
    months: 1
    seats: 5
"""
# Without a frequency, so that the term of the mapping counts.
FIRST = changed(recorded("05"), recurrence="")
SECOND = changed(recorded("06"), recurrence="")
THIRD = changed(SECOND, sale_id="third==", sale_timestamp="2026-08-01T09:00:11Z")
UNPAID = changed(SECOND, sale_id="unpaid==", sale_timestamp="2026-11-01T09:00:11Z")
NOW = datetime(2026, 6, 15, tzinfo=UTC)
BY = Asker("operator", "a slip")


class Shop:
    """A membership that one mapping minted, and that another mapping may change."""

    def __init__(self, setup: Setup) -> None:
        self.database = setup.database
        self.file = setup.folder / "products.yaml"
        self.file.write_text(MONTHLY)
        self.catalog = ProductsFile(self.file, ("gumroad",))

    async def read(self, body: bytes) -> SaleToMint:
        event_id = await self.database.write(store_request, new_event(body, order_of(body)))
        sale = sale_in(Gumroad(()), StoredRequest(FORM, body, NOW, datetime.now(UTC)))
        assert isinstance(sale, Sale)
        return SaleToMint(event_id, await self.database.write(save_sale, event_id, sale, NOW))

    async def mint(self, *bodies: bytes) -> None:
        mint = Mint(self.database, {"gumroad": Gumroad(())}, self.catalog, clock=lambda: NOW)
        for body in bodies:
            await mint.mint(await self.read(body))

    async def remap(self, products: str, by: Asker = BY) -> Remapped | None:
        self.file.write_text(products)
        license_id = (await self.license()).id
        return await self.database.write(remap_license, license_id, self.catalog.current(), by, NOW)

    async def license(self) -> LicenseLine:
        (found,) = await self.database.read(list_licenses, Filters())
        return found


@pytest.fixture
def shop(setup: Setup) -> Shop:
    return Shop(setup)


async def test_end_of_a_membership_is_that_of_its_latest_payment_that_counted(shop: Shop) -> None:
    await shop.mint(FIRST, THIRD, SECOND)
    await shop.read(UNPAID)  # The charge waits for its mint, and has moved no end.
    assert (await shop.license()).expires_at == datetime(2026, 9, 1, 23, 59, 59, tzinfo=UTC)
    done = await shop.remap(MONTHLY.replace("months: 1", "months: 3"))
    assert done is not None
    license_ = await shop.license()
    assert license_.expires_at == datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)
    assert await shop.remap(MONTHLY.replace("months: 1", "months: 3")) is None
    reasons = [mail.reason for mail in await shop.database.read(list_deliveries, Filters())]
    assert reasons[0] == "resend:1"
    assert len(await shop.database.read(waiting_resends)) == 1


@pytest.mark.parametrize(
    ("charge", "tier", "end"),
    [
        ("    months: 6\n", "other", datetime(2027, 2, 1, 23, 59, 59, tzinfo=UTC)),
        ("", "other", None),
        ("    license: none\n", "studio", datetime(2026, 10, 1, 23, 59, 59, tzinfo=UTC)),
        (None, "studio", datetime(2026, 10, 1, 23, 59, 59, tzinfo=UTC)),
    ],
    ids=["its own", "for ever", "no license", "unmapped"],
)
async def test_each_payment_counts_by_the_entry_of_what_it_bought(
    shop: Shop, charge: str | None, tier: str, end: datetime | None
) -> None:
    await shop.mint(FIRST, changed(THIRD, product_id="other==", permalink="x"))
    products = MONTHLY.replace("months: 1", "months: 2")
    if charge is not None:
        named = "" if "license" in charge else "    tier: other\n"
        products += f'  - product_id: "other=="\n{named}{charge}'
    assert await shop.remap(products) is not None
    license_ = await shop.license()
    # The newest payment decides the plan, if its product has an entry.
    assert (license_.tier, license_.expires_at) == (tier, end)


async def test_other_orders_count_for_no_license_without_a_subscription(shop: Shop) -> None:
    once = changed(FIRST, subscription_id="", sale_id="once==")
    await shop.mint(once)
    (bought,) = await shop.database.read(list_licenses, Filters())
    await shop.mint(
        changed(once, sale_id="later==", sale_timestamp="2026-08-01T09:00:11Z"),
        changed(once, sale_id="other==", product_id="other=="),
    )
    shop.file.write_text(
        MONTHLY.replace("months: 1", "months: 2") + '  - {product_id: "other==", tier: other}\n'
    )
    done = await shop.database.write(remap_license, bought.id, shop.catalog.current(), BY, NOW)
    assert done is not None
    assert done.after.expires_at == datetime(2026, 8, 1, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _other_is_mapped(shop: Shop) -> None:
    shop.file.write_text(f'{MONTHLY}  - {{product_id: "other==", tier: other, months: 1}}\n')


async def test_two_people_who_ask_at_once_change_and_mail_it_once(shop: Shop) -> None:
    await shop.mint(FIRST)
    products = MONTHLY.replace("seats: 5", "seats: 9")
    done = await asyncio.gather(*(shop.remap(products) for _ in range(5)))
    assert len([one for one in done if one is not None]) == 1
    assert len(await shop.database.read(waiting_resends)) == 1


async def test_charge_beside_it_loses_nothing(shop: Shop) -> None:
    await shop.mint(FIRST)
    charge = await shop.read(THIRD)
    mint = Mint(shop.database, {"gumroad": Gumroad(())}, shop.catalog, clock=lambda: NOW)
    await asyncio.gather(mint.mint(charge), shop.remap(MONTHLY.replace("months: 1", "months: 3")))
    await shop.remap(MONTHLY.replace("months: 1", "months: 3"))
    assert (await shop.license()).expires_at == datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)


async def test_license_is_found_by_each_of_its_orders_its_key_and_its_product(shop: Shop) -> None:
    await shop.mint(FIRST, SECOND)
    license_ = await shop.license()
    key = license_.key.replace("-", "")
    for body in (FIRST, SECOND):
        assert await shop.database.read(licenses_of_order, "gumroad", order_of(body)) == [
            license_.id
        ]
    assert await shop.database.read(licenses_of_order, "paddle", order_of(FIRST)) == []
    assert await shop.database.read(licenses_of_any_key, key) == [license_.id]
    assert await shop.database.read(licenses_of_any_key, key[:-1]) == []
    assert await shop.database.read(licenses_of_product, "sDOLRWAJ9iPxvwmpujenuA==") == [
        license_.id
    ]
    assert await shop.database.read(licenses_of_product, "sDOLRW") == []
