"""Advice about a correct products.yaml: a sentence for each entry that may not be as intended."""

from collections.abc import Iterator

from catalog.mistakes import Mistake
from domain.catalog import Catalog

NO_ACTIVATE = (
    "this entry has no activate, so its e-mail does not tell the buyer how to use the license: "
    "add activate, as an address or a text"
)


def find_hints(catalog: Catalog) -> list[Mistake]:
    """Return the advice in the order of the file's lines."""
    return sorted(_unexplained(catalog))


def _unexplained(catalog: Catalog) -> Iterator[Mistake]:
    for offers in catalog.offers.values():
        for offer in offers:
            if offer.licensed and offer.activate is None:
                yield Mistake(offer.line, NO_ACTIVATE)
