"""A text that means several sales, or none, is refused with facts beside the sentence."""

from contextlib import nullcontext

import pytest

from db.engine import Database
from operations.find import MOST, SeveralSalesError, UnknownSaleError, references, the_one_sale
from tests.db.rows import mint, sale_of


def sell(database: Database, count: int) -> None:
    for number in range(count):
        database.write_here(mint, sale_of(f"order-{number}"), key=f"KEY-{number}")


def test_the_only_sale_has_a_reference(database: Database) -> None:
    sell(database, 1)
    assert the_one_sale(lambda: nullcontext(database), "ada.buyer") == "gumroad:order-0"


def test_several_sales_are_kept_beside_the_sentence(database: Database) -> None:
    sell(database, MOST + 2)
    with pytest.raises(SeveralSalesError, match=r"ada\.buyer may mean several sales") as refused:
        the_one_sale(lambda: nullcontext(database), "ada.buyer")
    newest = [sale.order_id for sale in refused.value.sales[:2]]
    assert newest == [f"order-{MOST + 1}", f"order-{MOST}"]
    assert "# lists the others too" in str(refused.value)


def test_unknown_text_is_refused(database: Database) -> None:
    with pytest.raises(UnknownSaleError, match="no event of nobody is known"):
        the_one_sale(lambda: nullcontext(database), "nobody")


def test_text_without_a_storefront_may_belong_to_each() -> None:
    assert references("gumroad:x", ["gumroad", "other"]) == ["gumroad:x"]
    assert references("x", ["gumroad", "other"]) == ["gumroad:x", "other:x"]
