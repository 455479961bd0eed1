"""Advice about a correct products.yaml: a sentence for each entry that may not be as intended."""

from collections.abc import Iterator, Mapping, Sequence

from catalog.mistakes import Mistake
from domain.catalog import Catalog, Offer
from domain.online_terms import OnlineTerms

NO_ACTIVATE = (
    "this entry has no activate, so its e-mail does not tell the buyer how to use the license: "
    "add activate, as an address or a text"
)
FORGOTTEN = (
    "this entry has no dialects.{dialect}, and line {line} has it for the same product: apps with "
    "those ids refuse the licenses of this entry: write them here too"
)
SHARED = (
    "this entry has the dialects.{name} of line {line}, which is another product: an app for one "
    "accepts the licenses of both: write another, unless you mean that"
)

Named = Mapping[str, int | str | None]
"""The ids of an entry that tell an app what was bought. None: not set."""


def find_hints(catalog: Catalog) -> list[Mistake]:
    """Return the advice in the order of the file's lines."""
    hints: list[Mistake] = []
    for offers in catalog.offers.values():
        licensed = [offer for offer in offers if offer.licensed]
        hints += [*_unexplained(licensed), *_forgotten(licensed), *_shared(licensed)]
    return sorted(hints)


def _unexplained(offers: Sequence[Offer]) -> Iterator[Mistake]:
    for offer in offers:
        if offer.activate is None:
            yield Mistake(offer.line, NO_ACTIVATE)


def _dialects(terms: OnlineTerms) -> Mapping[str, object]:
    return {"lemonsqueezy": terms.lemonsqueezy, "polar": terms.polar, "keygen": terms.keygen}


def _telling(terms: OnlineTerms) -> Named:
    lemonsqueezy, polar, keygen = terms.lemonsqueezy, terms.polar, terms.keygen
    return {
        "lemonsqueezy.variant": None if lemonsqueezy is None else lemonsqueezy.variant,
        "polar.benefit": None if polar is None else polar.benefit,
        "keygen.product": None if keygen is None else keygen.product,
    }


def _forgotten(offers: Sequence[Offer]) -> Iterator[Mistake]:
    """Yield the entries without the ids that another entry of the product has."""
    for dialect in _dialects(OnlineTerms()):
        first = {
            offer.product_id: offer.line
            for offer in reversed(offers)
            if _dialects(offer.online)[dialect] is not None
        }
        for offer in offers:
            line = first.get(offer.product_id)
            if line is not None and _dialects(offer.online)[dialect] is None:
                yield Mistake(offer.line, FORGOTTEN.format(dialect=dialect, line=line))


def _shared(offers: Sequence[Offer]) -> Iterator[Mistake]:
    """Yield the entries that an app cannot tell from those of another product.

    Entries of one product may share an id: then the app opens the same for all of them.
    """
    first: dict[tuple[str, object], Offer] = {}
    for offer in offers:
        for name, value in _telling(offer.online).items():
            if value is None:
                continue
            known = first.setdefault((name, value), offer)
            if known.product_id != offer.product_id:
                yield Mistake(offer.line, SHARED.format(name=name, line=known.line))
