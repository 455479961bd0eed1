"""Reads Paddle's list of products with their prices: `GET /products?include=prices` (2026-11)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from typing_extensions import override

from domain.money import written
from domain.questions import Question
from storefronts.document import Member
from storefronts.listing import ListedId, ListedPage, ListedProduct, ProductList
from storefronts.paddle.money import amount_or_none

ABOUT, RIGHT = "products", "the rights product.read and price.read"
FIRST = Question("/products?status=active&include=prices&per_page=200", ABOUT, RIGHT)


class PaddleProducts(ProductList):
    @property
    @override
    def first(self) -> Question:
        return FIRST

    @override
    def read(self, document: Member, question: Question) -> ListedPage:
        products = tuple(_product(each) for each in document["data"].items())
        return ListedPage(products, _then(document["meta"]["pagination"]))


def _then(pagination: Member) -> Question | None:
    """Return the next page. Its link stands on the last page too, so `has_more` decides."""
    if not pagination["has_more"].flag():
        return None
    link = urlsplit(pagination["next"].text())
    return Question(f"{link.path}?{link.query}", ABOUT, RIGHT)


def _product(product: Member) -> ListedProduct:
    product_id = product["id"].identifier()
    name = product["name"].text_or_none() or product_id
    return ListedProduct(product_id, name, tuple(_prices(product["prices"])))


def _prices(prices: Member) -> Iterator[ListedId]:
    if prices.is_missing() or prices.is_null():
        return
    for price in prices.items():
        if price["status"].text_or_none() in {None, "active"}:
            yield ListedId(price["id"].identifier(), "price", _about(price))


def _about(price: Member) -> str:
    name = price["name"].text_or_none() or price["description"].text_or_none()
    cycle = price["billing_cycle"]
    every = None if cycle["interval"].is_missing() else _cycle(cycle)
    return ", ".join(each for each in (name, _amount(price["unit_price"]), every) if each)


def _cycle(cycle: Member) -> str:
    return f"every {cycle['frequency'].whole_number(1, 1000)} {cycle['interval'].text()}"


def _amount(price: Member) -> str | None:
    amount, currency = amount_or_none(price["amount"]), price["currency_code"].text_or_none()
    return None if amount is None or currency is None else written(amount, currency)
