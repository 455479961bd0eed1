"""Reads Stripe's prices with their products: `GET /v1/prices?expand[]=data.product` (2026-11)."""

from urllib.parse import quote

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.money import written
from domain.questions import Question
from storefronts.document import Member
from storefronts.listing import ListedId, ListedPage, ListedProduct, ProductList

PATH = "/v1/prices?active=true&limit=100&expand%5B%5D=data.product"
ABOUT, RIGHT = "products", "read rights for Prices and Products"
MOST_MONEY = 10**12


class StripeProducts(ProductList):
    """The list has a line for each price, so a product with two prices stands there twice."""

    @property
    @override
    def first(self) -> Question:
        return Question(PATH, ABOUT, RIGHT)

    @override
    def read(self, document: Member, question: Question) -> ListedPage:
        prices = document["data"].items()
        products = tuple(_product(each) for each in prices if _is_sold(each["product"]))
        if not document["has_more"].flag():
            return ListedPage(products, None)
        if not prices:
            raise SaleInvalidError("data must have the prices of the page")
        last = quote(prices[-1]["id"].identifier(), safe="")
        return ListedPage(products, Question(f"{PATH}&starting_after={last}", ABOUT, RIGHT))


def _is_sold(product: Member) -> bool:
    return product["active"].is_missing() or product["active"].flag()


def _product(price: Member) -> ListedProduct:
    product = price["product"]
    product_id = product["id"].identifier()
    name = product["name"].text_or_none() or product_id
    key = price["lookup_key"].text_or_none()
    ids = [ListedId(price["id"].identifier(), "price", _about(price))]
    if key:
        ids.append(ListedId(key, "lookup key", f"moves to another price if you move it: {name}"))
    return ListedProduct(product_id, name, tuple(ids))


def _about(price: Member) -> str:
    return ", ".join(
        each
        for each in (price["nickname"].text_or_none(), _amount(price), _every(price["recurring"]))
        if each
    )


def _amount(price: Member) -> str | None:
    amount, currency = price["unit_amount"], price["currency"].text()
    if amount.is_missing() or amount.is_null():
        return None
    return written(amount.whole_number(0, MOST_MONEY), currency)


def _every(recurring: Member) -> str | None:
    if recurring.is_missing() or recurring.is_null():
        return None
    return f"every {recurring['interval_count'].whole_number(1, 1000)} " + (
        recurring["interval"].text()
    )
