"""Reads Lemon Squeezy's products: `GET /v1/products?include=variants` (2026-11)."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from typing_extensions import override

from domain.questions import Question
from storefronts.document import Member
from storefronts.listing import ListedId, ListedPage, ListedProduct, ProductList

ABOUT, RIGHT = "products", "the right to read, which each key has"
FIRST = Question("/v1/products?include=variants&page%5Bsize%5D=100", ABOUT, RIGHT)


class LemonSqueezyProducts(ProductList):
    @property
    @override
    def first(self) -> Question:
        return FIRST

    @override
    def read(self, document: Member, question: Question) -> ListedPage:
        variants = dict(_variants(document["included"]))
        products = tuple(_product(each, variants) for each in document["data"].items())
        link = document["links"]["next"].text_or_none()
        if link is None:
            return ListedPage(products, None)
        parts = urlsplit(link)
        return ListedPage(products, Question(f"{parts.path}?{parts.query}", ABOUT, RIGHT))


def _variants(included: Member) -> Iterator[tuple[str, str]]:
    """Yield id and name of each variant. A list without any may be missing."""
    if included.is_missing() or included.is_null():
        return
    for each in included.items():
        if each["type"].text() == "variants":
            variant_id = each["id"].identifier()
            yield variant_id, each["attributes"]["name"].text_or_none() or variant_id


def _product(product: Member, variants: Mapping[str, str]) -> ListedProduct:
    product_id = product["id"].identifier()
    name = product["attributes"]["name"].text_or_none() or product_id
    return ListedProduct(product_id, name, tuple(_ids(product, variants)))


def _ids(product: Member, variants: Mapping[str, str]) -> Iterator[ListedId]:
    related = product["relationships"]["variants"]["data"]
    if related.is_missing() or related.is_null():
        return
    for each in related.items():
        variant_id = each["id"].identifier()
        yield ListedId(variant_id, "variant", variants.get(variant_id, ""))
