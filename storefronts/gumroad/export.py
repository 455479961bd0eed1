"""Gumroad's export of sales, with the columns of 2026-11.

It names a product by its permalink, and the chosen options without their categories. A membership's
charges are lines of their own with the key of the first, and nothing names the subscription.
"""

from typing import ClassVar

from typing_extensions import override

from domain.identifiers import is_usable, is_usable_order_id
from domain.license import Term
from domain.sale import Product
from domain.wanted import OrderName, Wanted
from storefronts.cells import Cells, LineRefusedError
from storefronts.exports import Export, LeftOut, Renewal, Told
from storefronts.gumroad.payments import MOST_COPIES
from storefronts.gumroad.recurrences import MONTHS

SOURCE = "gumroad"
TOTALS = "Totals"
BOUGHT_AT = ("purchase time utc timezone", "purchase date")


class GumroadSales(Export):
    title: ClassVar[str] = "Gumroad's export of sales"
    marks: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"purchase id", "item name", "purchase email"}),
    )

    @override
    def read(self, cells: Cells) -> Told:
        if (why := _left_out(cells)) is not None:
            return LeftOut(why)
        return _renewal(cells) if cells.flag("recurring charge") else _bought(cells)


def _left_out(cells: Cells) -> str | None:
    if cells.raw("purchase id") == TOTALS:
        return "the line of totals"
    if cells.flag("fully refunded"):
        return "refunded"
    if cells.flag("disputed") and not cells.flag("dispute won"):
        return "disputed"
    if cells.flag("access revoked") or cells.raw("license key enabled") == "0":
        return "taken back at the shop"
    return "a preorder, not paid yet" if cells.flag("pre order authorization") else None


def _renewal(cells: Cells) -> Told:
    key, at = cells.raw("license key"), cells.past(*BOUGHT_AT)
    if not key or at is None:
        return LeftOut("a later charge without a key")
    return Renewal(key, _order(cells), at, _term(cells))


def _bought(cells: Cells) -> Wanted:
    # The buyer of a gift is in the other columns, and the license is the receiver's.
    is_gift = bool(cells.raw("giftee email"))
    email = cells.address("giftee email" if is_gift else "purchase email")
    return Wanted(
        email=email,
        name=cells.holder(email) if is_gift else cells.holder(email, "buyer name"),
        product=_product(cells),
        options=_options(cells),
        quantity=cells.number("quantity", MOST_COPIES) or 1,
        term=_term(cells),
        issued_at=cells.past(*BOUGHT_AT),
        until=cells.moment("subscription end date"),
        key=cells.raw("license key") or None,
        source=SOURCE,
        order=_order(cells),
    )


def _order(cells: Cells) -> OrderName:
    order_id = cells.raw("purchase id")
    if not is_usable_order_id(order_id):
        raise LineRefusedError("its purchase id is no id of a sale")
    return OrderName(SOURCE, order_id)


def _product(cells: Cells) -> Product:
    name = cells.text("item name")
    product_id = cells.raw("product id") or name or ""
    if not is_usable(product_id):
        raise LineRefusedError("its product id is empty")
    aliases = (name,) if name is not None and name != product_id else ()
    return Product(product_id, name or product_id, aliases)


def _options(cells: Cells) -> tuple[str, ...]:
    chosen = (cells.text("variants") or "").removeprefix("(").removesuffix(")")
    return tuple(filter(None, (each.strip() for each in chosen.split(","))))


def _term(cells: Cells) -> Term | None:
    months = MONTHS.get(cells.raw("recurrence").lower())
    return None if months is None else Term(months)
