"""`mintpost products ids`: the ids by which apps of other vendors know the products."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from commands.tables import cell, console, print_json
from domain.catalog import Catalog, Offer
from domain.dialect_ids import NamedId, ids_of_offer, named_ids
from domain.visible import visible

WIDTHS = (12, 12, 36)
"""The longest dialect, name and value."""


def print_ids(catalog: Catalog, issuer: str, *, as_json: bool) -> None:
    """Print the ids of each entry that gives a license, in the order of the file."""
    entries = list(_entries(catalog))
    if as_json:
        print_json([each for one in entries for each in _objects(*one, issuer)])
        return
    for source, offer in entries:
        _print(source, offer, issuer)


def _entries(catalog: Catalog) -> Iterator[tuple[str, Offer]]:
    for source, offers in catalog.offers.items():
        for offer in offers:
            if offer.licensed:
                yield source, offer


def _objects(source: str, offer: Offer, issuer: str) -> Iterator[dict[str, Any]]:
    for one in named_ids(ids_of_offer(issuer, offer)):
        yield {
            "source": source,
            "product_id": offer.product_id,
            "variant": dict(offer.variant),
            "tier": offer.tier,
            "dialect": one.dialect,
            "name": one.name,
            "value": one.value,
            "set": one.is_set,
        }


def _print(source: str, offer: Offer, issuer: str) -> None:
    out = console()
    options = "".join(f", {category}: {option}" for category, option in offer.variant)
    title = f"{source} {offer.product_id}, tier {offer.tier}{options}"
    out.print(Text(visible(title)), style="bold", soft_wrap=True)
    for one in named_ids(ids_of_offer(issuer, offer)):
        out.print(_line(one), soft_wrap=True)


def _line(one: NamedId) -> Text:
    columns = zip((one.dialect, one.name, str(one.value)), WIDTHS, strict=True)
    padded = "  ".join(text.ljust(width) for text, width in columns)
    return Text("  ").append_text(cell(f"{padded}  {'set' if one.is_set else 'derived'}"))
