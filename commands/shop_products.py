"""`mintpost products list`: a shop's own products, ready to paste into products.yaml."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from commands.tables import print_json
from domain.visible import visible
from storefronts.listing import ListedProduct


def print_products(source: str, products: Sequence[ListedProduct], *, as_json: bool) -> None:
    if as_json:
        print_json([_object(source, each) for each in products])
        return
    for line in entries(source, products):
        typer.echo(line)


def entries(source: str, products: Sequence[ListedProduct]) -> Iterator[str]:
    """Yield lines of valid YAML. The tier is a guess from the name, for the seller to change."""
    yield f"{source}:"
    if not products:
        yield "  []  # the shop lists no product"
    for each in products:
        about = f"  # {visible(each.about)}" if each.about else ""
        yield f"  - product_id: {json.dumps(each.product_id)}{about}"
        yield f"    name: {json.dumps(visible(each.name), ensure_ascii=False)}"
        yield f"    tier: {json.dumps(tier_of(each.name))}  # your own word for what it opens"
        for one in each.ids:
            yield f"    # {one.word} {json.dumps(one.id)}: {visible(one.about)}".rstrip(": ")


def tier_of(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:60] or "standard"


def _object(source: str, product: ListedProduct) -> dict[str, Any]:
    return {
        "source": source,
        "product_id": product.product_id,
        "name": product.name,
        "about": product.about,
        "ids": [{"id": one.id, "word": one.word, "about": one.about} for one in product.ids],
    }
