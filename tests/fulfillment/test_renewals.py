"""A subscription has one license, and its end does not depend on the order of arrival."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from activities.mint import Mint
from catalog.file import ProductsFile
from db.engine import Database
from db.requests import store_request
from db.sales import save_sale
from db.views.lists import Filters, list_licenses
from domain.license import Term
from domain.sale import Sale
from fakes.postmark import FakePostmark
from mailers.postmark.service import PostmarkEmailService
from storefronts.base import StoredRequest
from storefronts.gumroad.storefront import Gumroad
from tests.support.databases import ON_SQLITE
from tests.support.lives import days_ago, sold_at
from tests.support.pings import changed, new_event, order_of, recorded
from tests.support.running import FORM, Setup, running
from tests.support.sales import sale_in
from tests.support.stepping import stepping
from workflows.steps import SaleToMint

TEAMS = """\
gumroad:
  - product_id: "sDOLRWAJ9iPxvwmpujenuA=="
    tier: studio
    months: 1
    seats: 5
"""
FIRST = recorded("05")
SECOND = recorded("06")
THIRD = changed(SECOND, sale_id="third==", sale_timestamp="2026-08-01T09:00:11Z")
END = datetime(2026, 9, 1, 23, 59, 59, tzinfo=UTC)
NOW = datetime(2026, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize("arrivals", sorted(set(permutations([FIRST, SECOND, THIRD, SECOND]))))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_order_of_arrival_ends_in_the_same_license(
    setup: Setup, arrivals: tuple[bytes, ...]
) -> None:
    products = setup.folder / "products.yaml"
    products.write_text(TEAMS)
    catalog = ProductsFile(products, ("gumroad",))
    mint = Mint(setup.database, {"gumroad": Gumroad(())}, catalog, clock=lambda: NOW)
    for body in arrivals:
        await mint.mint(await parsed(setup.database, body))
    (license_,) = await setup.database.read(list_licenses, Filters())
    assert (license_.tier, license_.seats, license_.expires_at) == ("studio", 5, END)


@ON_SQLITE
@pytest.mark.parametrize("edited", [TEAMS.replace("months: 1", "months: 12"), "gumroad: []"])
@pytest.mark.parametrize("arrivals", [(FIRST, SECOND), (THIRD, SECOND)])
async def test_charge_that_is_done_again_moves_nothing_whatever_the_mapping_says_now(
    setup: Setup, arrivals: tuple[bytes, ...], edited: str
) -> None:
    products = setup.folder / "products.yaml"
    products.write_text(TEAMS)
    catalog = ProductsFile(products, ("gumroad",))
    mint = Mint(setup.database, {"gumroad": Gumroad(())}, catalog, clock=lambda: NOW)
    sales = [await parsed(setup.database, body) for body in arrivals]
    first = [await mint.mint(sale) for sale in sales]
    products.write_text(edited)
    again = [await mint.mint(sale) for sale in sales]
    assert [done.delivery_id for done in again] == [done.delivery_id for done in first]
    assert [done.renewed for done in again] == [done.renewed for done in first] == [False, True]
    assert {done.term for done in again} == {first[1].term}


async def parsed(database: Database, body: bytes) -> SaleToMint:
    event_id = await database.write(store_request, new_event(body, order_of(body)))
    sale = sale_in(Gumroad(()), StoredRequest(FORM, body, NOW))
    assert isinstance(sale, Sale)
    return SaleToMint(event_id, await database.write(save_sale, event_id, sale, NOW))


async def test_recurring_charge_extends_the_license_and_mails_the_renewed_token(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.products, setup.mailer = TEAMS, mailer
    charged = days_ago(5)
    async with running(setup) as mintpost:
        await mintpost.ping(sold_at(FIRST, days_ago(20)))
        await mintpost.settled()
        await mintpost.ping(sold_at(SECOND, charged))
        charge, first = await mintpost.settled()
        assert (first.outcome, charge.outcome, charge.kind) == (
            "fulfilled",
            "renewed",
            "recurring_charge",
        )
        (license_,) = await mintpost.licenses()
        end = Term(months=1).end(charged)
        assert end is not None
        assert license_.expires_at == end
        renewal, sale = await mintpost.deliveries()
        assert (sale.reason, sale.to) == ("sale", "ada.buyer@example.com")
        # The buyer has changed the address at the storefront.
        assert renewal.reason == f"charge:{order_of(SECOND)}"
        assert renewal.to == license_.email == "ada.new@example.com"
        assert f"{end:%B} {end.day}, {end.year} (UTC)" in postmark.accepted[1].message["TextBody"]


@ON_SQLITE
async def test_late_charge_that_moves_nothing_is_renewed_without_a_mail(
    setup: Setup, mailer: PostmarkEmailService, postmark: FakePostmark
) -> None:
    setup.products, setup.mailer = TEAMS, mailer
    async with stepping(setup) as mintpost:
        await mintpost.ping(THIRD)
        await mintpost.settled()
        await mintpost.ping(SECOND)
        late, _ = await mintpost.settled()
        assert (late.outcome, late.processed) == ("renewed", True)
        assert len(await mintpost.deliveries()) == len(postmark.accepted) == 1
