"""Reads Polar's list of products: `GET /v1/products/` (2026-11)."""

from collections.abc import Iterator

from typing_extensions import override

from domain.money import written
from domain.questions import Question
from storefronts.document import Member
from storefronts.listing import ListedPage, ListedProduct, ProductList

ABOUT, RIGHT = "products", "the scope products:read"
MOST_PAGES = 1_000_000
MOST_MONEY = 10**12


class PolarProducts(ProductList):
    """A product has one price: monthly and yearly are two products."""

    @property
    @override
    def first(self) -> Question:
        return _page(1)

    @override
    def read(self, document: Member, question: Question) -> ListedPage:
        products = tuple(_product(each) for each in document["items"].items())
        last = document["pagination"]["max_page"].whole_number(0, MOST_PAGES)
        number = int(question.path.rpartition("=")[2])
        return ListedPage(products, _page(number + 1) if number < last else None)


def _page(number: int) -> Question:
    # Without the slash at the end of the path, the answer is a redirect.
    return Question(f"/v1/products/?is_archived=false&limit=100&page={number}", ABOUT, RIGHT)


def _product(product: Member) -> ListedProduct:
    product_id = product["id"].identifier()
    name = product["name"].text_or_none() or product_id
    every = product["recurring_interval"].text_or_none()
    told = [*_prices(product["prices"]), *([f"every {every}"] if every else [])]
    return ListedProduct(product_id, name, about=", ".join(told))


def _prices(prices: Member) -> Iterator[str]:
    if prices.is_missing() or prices.is_null():
        return
    for price in prices.items():
        amount, currency = price["price_amount"], price["price_currency"].text_or_none()
        if currency is not None and not (amount.is_missing() or amount.is_null()):
            yield written(amount.whole_number(0, MOST_MONEY), currency)
