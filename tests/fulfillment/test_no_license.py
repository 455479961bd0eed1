"""`license: none`: a sale without a license ends at once, without a warning."""

from collections.abc import AsyncIterator

import pytest

from db.views.lists import Filters, list_sales
from tests.support.pings import changed, recorded
from tests.support.running import Mintpost, Setup, running
from tests.support.stepping import stepping
from tests.support.temporal import reset

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PRODUCTS = """\
gumroad:
  - product_id: "book=="
    license: none
  - product_id: "bundle=="
    tier: core
  - product_id: "bundle=="
    variant: {Format: Book}
    license: none
  - product_id: "mostly=="
    license: none
  - product_id: "mostly=="
    variant: {Format: Program}
    tier: core
"""
ORDINARY = recorded("01")
MEMBERSHIP = recorded("05")
CHARGE = recorded("06")


@pytest.fixture
async def shop(setup: Setup) -> AsyncIterator[Mintpost]:
    setup.products = PRODUCTS
    async with running(setup) as started:
        yield started


@pytest.fixture
async def stepped(setup: Setup) -> AsyncIterator[Mintpost]:
    setup.products = PRODUCTS
    async with stepping(setup) as started:
        yield started


def bought(order_id: str, product_id: str, **fields: str) -> bytes:
    return changed(ORDINARY, **({"sale_id": order_id, "product_id": product_id} | fields))


async def nothing_is_owed(mintpost: Mintpost) -> bool:
    return await mintpost.licenses() == [] and await mintpost.deliveries() == []


@pytest.mark.parametrize(
    "body",
    [
        bought("1", "book=="),
        bought("1", "bundle==", **{"variants[Format]": "Book\u00a0"}),
        changed(MEMBERSHIP, product_id="book=="),
        changed(CHARGE, product_id="book=="),
    ],
    ids=["product", "option", "membership", "charge"],
)
async def test_sale_without_a_license_is_ignored_at_once_and_settled(
    stepped: Mintpost, body: bytes
) -> None:
    order = f"none-{stepped.task_queue}"
    body = changed(body, sale_id=order)
    await stepped.ping(body)
    (row,) = await stepped.settled()
    assert (row.outcome, row.processed, row.error, row.note) == (
        "ignored:no_license",
        True,
        None,
        None,
    )
    await stepped.ping(body)
    copy, _ = await stepped.settled()
    assert (copy.outcome, copy.note) == ("duplicate", "the order was settled by event 1")
    assert await nothing_is_owed(stepped)
    for status in ("ignored", "ignored:no_license"):
        (sale,) = await stepped.database.read(list_sales, Filters(status=status))
        assert (sale.order_id, sale.status) == (order, "ignored:no_license")


async def test_other_options_of_the_product_get_their_license(stepped: Mintpost) -> None:
    for product in ("bundle==", "mostly=="):
        order = f"{product}-{stepped.task_queue}"
        await stepped.ping(bought(order, product, **{"variants[Format]": "Program"}))
    await stepped.settled()
    assert [license_.tier for license_ in await stepped.licenses()] == ["core", "core"]


async def test_option_that_no_entry_names_is_noted_where_the_general_entry_has_no_license(
    stepped: Mintpost,
) -> None:
    order = f"unnamed-{stepped.task_queue}"
    await stepped.ping(bought(order, "mostly==", **{"variants[Format]": "Programme"}))
    (row,) = await stepped.settled()
    assert row.outcome == "ignored:no_license"
    assert (row.note or "").startswith(
        "no entry of products.yaml names what was chosen (Format: Programme)"
    )


async def test_parked_sale_ends_so_once_its_product_is_mapped_so(shop: Mintpost) -> None:
    await shop.ping(bought(f"parked-{shop.task_queue}", "new=="))
    await shop.parked()
    shop.products.write_text(f'{PRODUCTS}  - product_id: "new=="\n    license: none\n')
    (row,) = await shop.settled()
    assert (row.outcome, row.error) == ("ignored:no_license", None)
    assert await nothing_is_owed(shop)


async def test_sale_that_should_have_had_a_license_gets_it_by_a_reset(shop: Mintpost) -> None:
    order = f"reset-{shop.task_queue}"
    await shop.ping(bought(order, "book=="))
    await shop.settled_and_named()
    await shop.run_of(order).result()
    shop.products.write_text(PRODUCTS.replace("license: none", "tier: reader", 1))
    await reset(shop.client, shop.run_of(order))
    await shop.run_of(order).result()
    (row,) = await shop.events()
    assert row.outcome == "fulfilled"
    assert [license_.tier for license_ in await shop.licenses()] == ["reader"]


async def test_license_that_was_minted_before_stays(shop: Mintpost) -> None:
    order = f"before-{shop.task_queue}"
    await shop.ping(bought(order, "bundle=="))
    await shop.settled_and_named()
    await shop.run_of(order).result()
    shop.products.write_text('gumroad:\n  - product_id: "bundle=="\n    license: none\n')
    await reset(shop.client, shop.run_of(order))
    await shop.run_of(order).result()
    (row,) = await shop.events()
    assert row.outcome == "fulfilled"
    assert [license_.tier for license_ in await shop.licenses()] == ["core"]
