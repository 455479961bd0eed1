"""Mintpost's own form of a CSV file of licenses."""

import re
from typing import ClassVar

from typing_extensions import override

from domain.event import OPERATOR
from domain.identifiers import is_usable, is_usable_order_id
from domain.license import Term
from domain.sale import Product
from domain.text import LONGEST_TEXT
from domain.wanted import OrderName, Wanted
from storefronts.cells import Cells, LineRefusedError
from storefronts.exports import Export, Told

COLUMNS = (
    "key",
    "email",
    "name",
    "product",
    "tier",
    "seats",
    "issued_at",
    "expires_at",
    "reference",
    "source",
    "order_id",
)
MOST_SEATS = 1_000_000
NEVER = frozenset({"never", "forever", "for ever", "lifetime", "perpetual", "unlimited"})
SOURCE = re.compile(r"[a-z0-9_]{1,50}")


class OwnColumns(Export):
    title: ClassVar[str] = "Mintpost's own columns"
    marks: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"email", "product"}),
        frozenset({"email", "tier"}),
    )

    @override
    def read(self, cells: Cells) -> Told:
        email = cells.address("email")
        forever = cells.raw("expires at").lower() in NEVER
        source = _source(cells)
        return Wanted(
            email=email,
            name=cells.holder(email, "name"),
            product=_product(cells),
            tier=cells.raw("tier") or None,
            seats=cells.number("seats", MOST_SEATS),
            term=Term(None) if forever else None,
            issued_at=cells.past("issued at"),
            until=None if forever else cells.moment("expires at"),
            key=cells.raw("key") or None,
            reference=_reference(cells),
            source=None if source == OPERATOR else source,
            order=_order(cells, source),
        )


def _product(cells: Cells) -> Product | None:
    product_id = cells.raw("product")
    if not product_id:
        return None
    if not is_usable(product_id):
        raise LineRefusedError("its product must be 1 to 200 printable characters")
    return Product(product_id, product_id)


def _reference(cells: Cells) -> str | None:
    text = cells.raw("reference")
    if len(text) > LONGEST_TEXT:
        raise LineRefusedError(f"its reference is longer than {LONGEST_TEXT} characters")
    return text or None


def _source(cells: Cells) -> str | None:
    text = cells.raw("source").lower()
    if text and not SOURCE.fullmatch(text):
        raise LineRefusedError("its source must be the name of a storefront, as in products.yaml")
    return text or None


def _order(cells: Cells, source: str | None) -> OrderName | None:
    order_id = cells.raw("order id")
    if not order_id:
        return None
    if source is None:
        raise LineRefusedError("its order_id has no source: fill the column source, too")
    if not is_usable_order_id(order_id):
        raise LineRefusedError("its order_id must be 1 to 200 printable characters without a colon")
    return OrderName(source, order_id)
