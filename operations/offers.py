"""Choose products of the mapping: for made-up sales, and for the questions of apps."""

from dataclasses import replace

from domain.catalog import Catalog, Offer
from domain.sale import Product, Variants
from kit.refusals import RefusedError

ADD = "add one to buy, and look at it with `mintpost products check`"


def a_product(catalog: Catalog, source: str) -> Offer:
    """Return the first product that the storefront could sell with a license."""
    offers = catalog.offers.get(source, ())
    if not offers:
        raise RefusedError(f"products.yaml has no product under {source}: {ADD}")
    for offer in offers:
        if offer.licensed:
            return offer
    raise RefusedError(f"products.yaml gives a license for no product under {source}: {ADD}")


def offer_named(catalog: Catalog, source: str, product_id: str) -> Offer | None:
    """Return the first offer of the product; None for a product that the mapping lacks."""
    offers = catalog.offers.get(source, ())
    return next((offer for offer in offers if offer.product_id == product_id), None)


def other_options(
    catalog: Catalog, source: str, product_id: str, now: Variants, *, up: bool
) -> Variants | None:
    """Return the options of the product's next offer in products.yaml, or else of the one before.

    The first offer follows the last. None: no offer of the product has other options.
    """
    offers = [
        offer.variant
        for offer in catalog.offers.get(source, ())
        if offer.product_id == product_id and offer.licensed and offer.variant
    ]
    ordered = offers if up else offers[::-1]
    own = [place for place, variant in enumerate(ordered) if set(variant) <= set(now)]
    after = own[0] + 1 if own else 0
    rest = (*ordered[after:], *ordered[:after])
    return next((variant for variant in rest if not set(variant) <= set(now)), None)


def offer_of_license(
    catalog: Catalog, mapped_under: str, sold: Product, product_id: str, tier: str
) -> Offer | None:
    """Return today's offer for a license of the product; None if no entry has the product.

    `product_id` and `tier` are the license's. `sold` is the product of the sale that minted it.
    """
    moved = product_id != sold.product_id
    # The other names are those of the product that was sold, and not of a later plan's.
    other = replace(sold, product_id=product_id, aliases=(), specific_ids=())
    product = other if moved else sold
    return catalog.online_offer(mapped_under, product, tier)
