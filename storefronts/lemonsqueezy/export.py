"""Lemon Squeezy's exports of license keys and of orders.

The shop documents no columns of these files (2026-11). So the names of its API's fields are taken,
and the names that its dashboard shows for them.
"""

from typing import ClassVar

from typing_extensions import override

from domain.identifiers import is_usable, is_usable_order_id
from domain.sale import Product
from domain.wanted import ONLY_LINE, OrderName, Wanted
from storefronts.cells import Cells, LineRefusedError
from storefronts.exports import Export, LeftOut, Told

SOURCE = "lemonsqueezy"
MOST_COPIES = 1_000_000
PAID = frozenset({"", "paid", "partial refund", "partial_refund"})
EMAIL = ("user email", "customer email", "email")
NAME = ("user name", "customer name", "name")
PRODUCT = ("product id", "product name", "product")
PRODUCT_NAME = ("product name", "product")
OPTION = ("variant name", "variant")
ORDER = ("order id", "order number", "order", "identifier")
BOUGHT_AT = ("created at", "created", "date")


class LicenseKeys(Export):
    title: ClassVar[str] = "Lemon Squeezy's export of license keys"
    marks: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"key", "activation limit"}),
        frozenset({"license key", "activation limit"}),
        frozenset({"key", "user email"}),
        frozenset({"key", "customer email"}),
        frozenset({"license key", "customer email"}),
    )

    @override
    def read(self, cells: Cells) -> Told:
        if cells.flag("disabled") or cells.raw("status").lower() == "disabled":
            return LeftOut("disabled at the shop")
        if cells.flag("test mode"):
            return LeftOut("a test")
        return _wanted(cells, cells.raw("key", "license key") or None)


class Orders(Export):
    title: ClassVar[str] = "Lemon Squeezy's export of orders"
    marks: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"order number", "user email"}),
        frozenset({"order number", "customer email"}),
        frozenset({"identifier", "user email", "product name"}),
    )

    @override
    def read(self, cells: Cells) -> Told:
        if cells.flag("refunded") or cells.raw("status").lower() not in PAID:
            return LeftOut("not paid, or refunded")
        if cells.flag("test mode"):
            return LeftOut("a test")
        return _wanted(cells, cells.raw("license key", "key") or None)


def _wanted(cells: Cells, key: str | None) -> Wanted:
    email = cells.address(*EMAIL)
    option = cells.text(*OPTION)
    return Wanted(
        email=email,
        name=cells.holder(email, *NAME),
        product=_product(cells),
        options=() if option is None else (option,),
        quantity=cells.number("quantity", MOST_COPIES) or 1,
        issued_at=cells.past(*BOUGHT_AT),
        until=cells.moment("expires at", "expires"),
        key=key,
        source=SOURCE,
        order=_order(cells),
    )


def _product(cells: Cells) -> Product:
    product_id = cells.raw(*PRODUCT)
    if not is_usable(product_id):
        raise LineRefusedError("its product id is empty")
    names = (cells.text(*PRODUCT_NAME), cells.raw("variant id"))
    aliases = tuple(name for name in names if name and name != product_id)
    return Product(product_id, cells.text(*PRODUCT_NAME) or product_id, aliases)


def _order(cells: Cells) -> OrderName:
    order_id = cells.raw(*ORDER).removeprefix("#")
    if not is_usable_order_id(order_id):
        raise LineRefusedError("its order id is no id of an order")
    return OrderName(SOURCE, order_id, cells.raw("order item id") or ONLY_LINE)
