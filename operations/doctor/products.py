"""Checks products.yaml, also against the products that were sold of late."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from catalog.file import ProductsFile, ProductsFileError
from catalog.hints import find_hints
from catalog.id_hints import find_id_hints
from db.engine import Database
from db.views.recent_products import SoldProduct, recent_products
from domain.catalog import Catalog
from domain.findings import Finding, broken, ok, unchecked, warning
from kit.clock import Clock, utc_now
from storefronts.registry import shop_ids

PRODUCTS, SOLD = "products", "products sold"
LATELY = timedelta(days=90)
CHECK = "mintpost products check"


def readable(file: Path, sources: Sequence[str]) -> Catalog | None:
    """Return the mapping; None if it is missing or broken."""
    try:
        return ProductsFile(file, sources).current()
    except ProductsFileError:
        return None


def look_at_file(file: Path, sources: Sequence[str]) -> Sequence[Finding]:
    try:
        catalog = ProductsFile(file, sources).current()
    except ProductsFileError as error:
        more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
        return [broken(PRODUCTS, f"{error.problems[0]}{more}", CHECK)]
    entries = sum(map(len, catalog.offers.values()))
    hints = [*find_hints(catalog), *find_id_hints(catalog, shop_ids())]
    if hints:
        told = f"{file} has {entries} entries, and a hint about {len(hints)} of them"
        return [warning(PRODUCTS, told, CHECK)]
    return [ok(PRODUCTS, f"{file} has {entries} entries")]


async def look_at_sold(
    database: Database, catalog: Catalog | None, clock: Clock = utc_now
) -> Sequence[Finding]:
    """Compare the mapping with the sales of the last 90 days. An unsold entry is no fault."""
    if catalog is None:
        return [unchecked(SOLD, "the product mapping cannot be read")]
    sold = await database.read(recent_products, clock() - LATELY)
    found = await asyncio.to_thread(lambda: [*_unmapped(sold, catalog)])
    days = LATELY.days
    told = f"every product of the last {days} days has an entry ({len(sold)})"
    return found or [ok(SOLD, told if sold else f"no sale in the last {days} days")]


def _unmapped(sold: Sequence[SoldProduct], catalog: Catalog) -> Iterator[Finding]:
    for each in sold:
        if catalog.choose_or_none(each.source, each.product) is not None:
            continue
        named = f'no entry fits "{each.product.product_id}" of {each.source}'
        remedy = f"add it under {each.source} in products.yaml, and then run {CHECK}"
        if each.waiting:
            yield broken(SOLD, f"{named}, and {each.waiting} of its sales wait", remedy)
        else:
            yield warning(SOLD, f"{named}, so the next sale of it will wait", remedy)
