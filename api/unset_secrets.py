"""Warns of shops that sell, and whose calls the API refuses because their secret is not set."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from catalog.file import ProductsFile, ProductsFileError
from domain.findings import SALE_LOST, Finding, Level
from kit.doors.base import WebhookDoor


def sources_in_use(products: Path, sources: Sequence[str]) -> Collection[str]:
    """Return the shops that have an entry in products.yaml; the first shop without such a file."""
    try:
        catalog = ProductsFile(products, sources).current()
    except ProductsFileError:
        return sources[:1]
    return {source for source, offers in catalog.offers.items() if offers}


def unset_secrets(storefronts: Mapping[str, WebhookDoor], in_use: Collection[str]) -> list[Finding]:
    """Return a finding for each shop in use that lacks a setting and refuses every call."""
    return [*_findings(storefronts, in_use)]


def _findings(storefronts: Mapping[str, WebhookDoor], in_use: Collection[str]) -> Iterator[Finding]:
    for name, storefront in storefronts.items():
        setting = storefront.missing()
        if setting is not None and name in in_use:
            sentence = (
                f"{name}: {setting} is not set, so every call of /webhooks/{name} is answered 404, "
                f"which the shop takes for good, and {SALE_LOST}: "
                f"{storefront.setup_advice.format(name=name)}, and start the API again"
            )
            remedy = f"set {setting}, and start the API again"
            yield Finding(f"unset:{name}", Level.BROKEN, sentence, remedy)
