"""The offers of the seller's product mapping, and the choice of one offer for a purchase."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from domain.advice import advised
from domain.decisions import DEFAULT_GRACE_DAYS, Decision
from domain.errors import ProductUnmappedError
from domain.folding import as_seen, fold_option
from domain.identifiers import is_usable
from domain.license import Term
from domain.online_terms import USUAL_TERMS, OnlineTerms
from domain.sale import Product, Variants

LONGEST_QUOTED = 50
NO_TITLE = '""'
"""The category in products.yaml of a group of options without a title."""

VariantSet = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Offer:
    """The license terms for the buyers of one product.

    `product_id` is the storefront's id of the product, or an alias. The entry applies to purchases
    that chose every option in `variant`. `activate` is a text or a URL for the license e-mail.
    `licensed` False: buyers get no license, and the terms mean nothing. `line` is the entry's line
    in products.yaml.

    `instalments`: all charges together buy one term. `trial_days`: what the first payment of a
    subscription buys. `keep_after_end`: an ending at the storefront takes no time away.
    `grace_days`: how long a license stays good while a renewal is late. `shop_key`: the license
    key of the storefront opens the license too. `online` concerns the questions of apps.
    """

    product_id: str
    tier: str
    term: Term
    name: str | None = None
    seats: int = 1
    activate: str | None = None
    variant: Variants = ()
    licensed: bool = True
    instalments: bool = False
    trial_days: int | None = None
    keep_after_end: bool = False
    grace_days: int = DEFAULT_GRACE_DAYS
    shop_key: bool = False
    online: OnlineTerms = USUAL_TERMS
    line: int = field(default=0, compare=False)

    def fits(self, chosen: VariantSet) -> bool:
        """Tell whether the buyer chose every option of this entry. `chosen` comes from `folded`."""
        return folded(self.variant) <= chosen

    def decide(
        self, product: Product, quantity: int, sha256: str, mapped_under: str | None = None
    ) -> Decision:
        """Return the terms for one payment or plan, to be kept. Only a licensed offer has terms.

        `sha256` is the mapping's, and `mapped_under` the storefront whose entry this is.
        """
        return Decision(
            product_id=product.product_id,
            product_name=self.name or product.name,
            tier=self.tier,
            seats=self.seats,
            quantity=quantity,
            months=self.term.months,
            products_sha256=sha256,
            mapped_under=mapped_under,
            instalments=self.instalments,
            trial_days=self.trial_days,
            keep_after_end=self.keep_after_end,
            grace_days=self.grace_days,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The offer for a purchase.

    `unnamed` holds the chosen options that no entry names, although the mapping knows their
    category, or a category that may have been renamed. The seller may have meant another offer.
    """

    offer: Offer
    unnamed: Variants = ()

    def note(self, order: str) -> str | None:
        """Return a sentence where another entry may be meant. `mintpost show` takes `order` so."""
        if not self.unnamed:
            return None
        chosen = _quotable(self.unnamed) or "an option that cannot be shown"
        entry = "the general entry" if not self.offer.variant else "the entry of the other options"
        return (
            f"no entry of products.yaml names what was chosen ({chosen}), so {entry} decided; "
            "if another should, write it there as at the storefront, and then run "
            f"{advised('remap', order)}"
        )


@dataclass(frozen=True, slots=True)
class Catalog:
    """The offers of each storefront. `sha256` is the hex digest of products.yaml."""

    offers: Mapping[str, tuple[Offer, ...]]
    sha256: str

    def find(self, source: str, product: Product) -> Offer:
        """Return the offer for the purchase. Raises ProductUnmappedError."""
        return self.choose(source, product).offer

    def choose(self, source: str, product: Product) -> Choice:
        """Return the offer for a purchase that has no license yet. Raises ProductUnmappedError."""
        choice = self.choose_or_none(source, product)
        if choice is None:
            raise ProductUnmappedError(source, _quotable_id(product), _details(product))
        return choice

    def choose_or_none(self, source: str, product: Product) -> Choice | None:
        """Return the most specific offer under the product's most specific id with an entry.

        Only the first name with an entry counts, because the entry of another name would be a
        guess, perhaps with cheaper terms. A later charge that gets None leaves its license as it
        is, and `kept_note` says so.
        """
        offers, chosen = self._offers_of(source, product), folded(product.variants)
        fitting = [offer for offer in offers if offer.fits(chosen)]
        if not fitting:
            return None
        offer = max(fitting, key=lambda offer: len(offer.variant))
        return Choice(offer, _unnamed(product.variants, offers))

    def online_offer(self, source: str, product: Product, tier: str) -> Offer | None:
        """Return today's offer for a license with this tier, for the questions of apps.

        A plan change moves the tier, and not the options that the sale chose, so the tier decides
        first. None: no entry has the product, so that no term of an entry counts.
        """
        offers = [offer for offer in self._offers_of(source, product) if offer.licensed]
        chosen = folded(product.variants)
        ranked = sorted(
            offers,
            key=lambda one: (one.tier == tier, one.fits(chosen), len(one.variant)),
        )
        return ranked[-1] if ranked else None

    def doubt_of_tier(self, tier: str, order: str) -> str | None:
        """Return a sentence about a tier that no entry has, because it may be a typing error."""
        known = sorted({one.tier for of in self.offers.values() for one in of if one.licensed})
        if tier in known:
            return None
        return (
            f'no entry of products.yaml has the tier "{tier}" (its tiers: '
            f"{', '.join(known) or 'none'}); if that is a typing error: "
            f"{advised('tier', order, options=['--to TIER'])}"
        )

    def _offers_of(self, source: str, product: Product) -> list[Offer]:
        for name in product.names:
            if found := [one for one in self.offers.get(source, ()) if one.product_id == name]:
                return found
        return []


def kept_note(source: str, product: Product, order: str) -> str:
    """Return the note on a charge for which the mapping has no offer, or one without a license.

    `mintpost remap` takes `order` so.
    """
    variants = _quotable(product.variants)
    variant = f" ({variants})" if variants else ""
    return (
        f'products.yaml gives no license for product "{_quotable_id(product)}"{variant}, so this '
        "charge leaves the license its tier, seats and term; if it should change them, write the "
        f"entry under {source}, and then run {advised('remap', order)}"
    )


def folded(variants: Variants) -> VariantSet:
    return frozenset((fold_option(category), fold_option(option)) for category, option in variants)


def find_clashes(offers: Sequence[Offer]) -> Iterator[tuple[int, int]]:
    """Yield the positions of two offers that fit the same purchase equally well."""
    products: dict[str, dict[VariantSet, int]] = {}
    for position, offer in enumerate(offers):
        rivals = products.setdefault(offer.product_id, {})
        first = rivals.setdefault(folded(offer.variant), position)
        if first != position:
            yield first, position
    for rivals in products.values():
        for (one, first), (other, second) in combinations(rivals.items(), 2):
            if _can_meet(one, other) and not _is_settled(one, other, rivals):
                yield first, second


def _can_meet(one: VariantSet, other: VariantSet) -> bool:
    """Tell whether one purchase can choose both sets, and both name equally many options."""
    options = dict(one)
    return len(one) == len(other) and all(
        options.get(category, option) == option for category, option in other
    )


def _is_settled(one: VariantSet, other: VariantSet, rivals: Collection[VariantSet]) -> bool:
    """Tell whether an entry with more options takes every purchase that chooses both sets."""
    return any(len(rival) > len(one) and rival <= one | other for rival in rivals)


def _unnamed(chosen: Variants, offers: Sequence[Offer]) -> Variants:
    """Return the choices whose option no entry names, although an entry names the category."""
    named = frozenset[tuple[str, str]]().union(*(folded(offer.variant) for offer in offers))
    known = {category for category, _ in named}
    seen = {one: (fold_option(one[0]), fold_option(one[1])) for one in chosen}
    unknown = tuple(one for one in chosen if seen[one] not in named)
    missed = tuple(one for one in unknown if seen[one][0] in known)
    if missed or known <= {category for category, _ in seen.values()}:
        return missed
    # A known category is missing and an unknown one is there: the seller may have renamed it.
    return unknown


def _quotable_id(product: Product) -> str:
    return product.product_id if is_usable(product.product_id) else "an id that cannot be shown"


def _details(product: Product) -> str:
    """Return the chosen options, and the ids of price or variant, that an entry may name."""
    ids = [each for each in product.specific_ids if _is_short(each)]
    return ", ".join(filter(None, [*ids, _quotable(product.variants)]))


def _quotable(variants: Variants) -> str:
    """Return the chosen options for a sentence, without long and unprintable options."""
    shown = [
        f"{category or NO_TITLE}: {option}"
        for category, option in ((as_seen(one), as_seen(other)) for one, other in variants)
        if _is_short(category or NO_TITLE) and _is_short(option)
    ]
    text = ", ".join(shown)
    return text if is_usable(text) else ""


def _is_short(text: str) -> bool:
    return is_usable(text) and len(text) <= LONGEST_QUOTED
