"""What the seller's mapping offers, and which of its entries a purchase means."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from domain.errors import ProductUnmappedError
from domain.identifiers import is_usable
from domain.license import Term
from domain.sale import Product, Variants

LONGEST_QUOTED = 50

VariantSet = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the buyers of one product get.

    `product_id` is the storefront's id or one of its aliases; `variant` is what must have been
    chosen for this entry to apply; `activate` is a text or a URL for the license e-mail.
    """

    product_id: str
    tier: str
    term: Term
    name: str | None = None
    seats: int = 1
    activate: str | None = None
    variant: Variants = ()

    def fits(self, chosen: Variants) -> bool:
        options = dict(chosen)
        return all(options.get(category) == option for category, option in self.variant)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The offers of each storefront; `sha256` is the hex digest of the file they came from."""

    offers: Mapping[str, tuple[Offer, ...]]
    sha256: str

    def find(self, source: str, product: Product) -> Offer:
        """Return the most specific offer: by id before alias, then by the most variants named.

        Raises ProductUnmappedError.
        """
        for name in (product.product_id, *product.aliases):
            fitting = [
                offer
                for offer in self.offers.get(source, ())
                if offer.product_id == name and offer.fits(product.variants)
            ]
            if fitting:
                return max(fitting, key=lambda offer: len(offer.variant))
        raise ProductUnmappedError(source, _quotable_id(product), _quotable(product.variants))


def find_clashes(offers: Sequence[Offer]) -> Iterator[tuple[int, int]]:
    """Yield the positions of two offers that one purchase could mean equally well."""
    products: dict[str, dict[VariantSet, int]] = {}
    for position, offer in enumerate(offers):
        rivals = products.setdefault(offer.product_id, {})
        first = rivals.setdefault(frozenset(offer.variant), position)
        if first != position:
            yield first, position
    for rivals in products.values():
        for (one, first), (other, second) in combinations(rivals.items(), 2):
            if _can_meet(one, other) and not _is_settled(one, other, rivals):
                yield first, second


def _can_meet(one: VariantSet, other: VariantSet) -> bool:
    """Tell whether one purchase can have chosen both, neither of which names more."""
    options = dict(one)
    return len(one) == len(other) and all(
        options.get(category, option) == option for category, option in other
    )


def _is_settled(one: VariantSet, other: VariantSet, rivals: Collection[VariantSet]) -> bool:
    """Tell whether an entry that names more takes every purchase of both."""
    return any(len(rival) > len(one) and rival <= one | other for rival in rivals)


def _quotable_id(product: Product) -> str:
    return product.product_id if is_usable(product.product_id) else "an id that cannot be shown"


def _quotable(variants: Variants) -> str:
    """Return the chosen options for a sentence, without those that are long or unprintable."""
    shown = [
        f"{category}: {option}"
        for category, option in variants
        if _is_short(category) and _is_short(option)
    ]
    text = ", ".join(shown)
    return text if is_usable(text) else ""


def _is_short(text: str) -> bool:
    return is_usable(text) and len(text) <= LONGEST_QUOTED
