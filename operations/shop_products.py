"""A shop's own products, as its API lists them."""

from dataclasses import replace

from domain.advice import advised
from domain.errors import SaleInvalidError, StorefrontAwayError, StorefrontRefusesError
from domain.event import SecretLabel
from kit.refusals import RefusedError
from storefronts.base import Storefront
from storefronts.document import read_document
from storefronts.listing import ListedPage, ListedProduct, ProductList
from storefronts.shop_api import ShopApi

MOST_PAGES = 100


async def list_products(storefront: Storefront, label: SecretLabel) -> list[ListedProduct]:
    """Return the products of one side of the shop. Raises RefusedError."""
    api, products = storefront.api, storefront.products
    if api is None or products is None:
        raise RefusedError(
            f"{storefront.name} has no list of products that Mintpost can read: copy the ids from "
            "the shop's dashboard, and try them with `mintpost products check`"
        )
    try:
        return await _all_pages(api, products, label)
    except StorefrontRefusesError as error:
        raise RefusedError(f"{error.what}: {error.cure}") from None
    except StorefrontAwayError as error:
        raise RefusedError(f"{error.what}; try again: {_again(storefront, label)}") from None
    except SaleInvalidError as error:
        raise RefusedError(
            f"the API of {storefront.name} answered what cannot be used ({error.what}); try again: "
            f"{_again(storefront, label)}"
        ) from None


def _again(storefront: Storefront, label: SecretLabel) -> str:
    side = ["--test"] if label == "test" else []
    return advised("products list", options=["--source", storefront.name, *side])


async def _all_pages(
    api: ShopApi, products: ProductList, label: SecretLabel
) -> list[ListedProduct]:
    found: dict[str, ListedProduct] = {}
    question = products.first
    for _ in range(MOST_PAGES):
        answer = await api.ask(question, label)
        page = products.read(read_document(answer.body), question)
        found |= _merged(found, page)
        if page.then is None:
            return [*found.values()]
        question = page.then
    raise SaleInvalidError(f"its list has more than {MOST_PAGES} pages")


def _merged(found: dict[str, ListedProduct], page: ListedPage) -> dict[str, ListedProduct]:
    """Return the page's products. A shop's list may have a line per price, so ids add up."""
    merged: dict[str, ListedProduct] = {}
    for each in page.products:
        known = merged.get(each.product_id) or found.get(each.product_id)
        ids = (*(known.ids if known else ()), *each.ids)
        once = tuple(dict.fromkeys(ids))
        merged[each.product_id] = replace(each, ids=once)
    return merged
