"""The products of recent sales."""

from dataclasses import replace
from datetime import timedelta

from db.engine import Database
from db.views.recent_products import recent_products
from domain.event import OPERATOR
from tests.db.rows import NOON, mint, sale_of


async def test_gift_of_the_seller_is_no_sale_of_a_product(database: Database) -> None:
    await database.write(mint, sale_of())
    await database.write(mint, replace(sale_of("gift-1"), source=OPERATOR), "ANOTHER-KEY")
    (sold,) = await database.read(recent_products, NOON - timedelta(days=1))
    assert (sold.source, sold.sold, sold.waiting) == ("gumroad", 1, 1)
