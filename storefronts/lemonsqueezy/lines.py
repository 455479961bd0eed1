"""The lines of an order. An event has the first line alone, and does not tell whether it is all."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from domain.errors import SaleInvalidError
from domain.facts import OrderLine
from domain.sale import Product
from domain.text import plain_text
from storefronts.document import Member
from storefronts.lemonsqueezy.asking import listed_items
from storefronts.lemonsqueezy.fields import MOST_COPIES, Event, is_absent, money

ONE_VARIANT = "Default"
"""The shop's name for the only variant of a product without variants."""


def lines_of(
    event: Event, order_id: str, order: Member | None, total: int
) -> tuple[OrderLine, ...]:
    """Return all lines of the order, from the answer about it or from the list of items."""
    included = [] if order is None else _own_items(_included(order), order_id)
    items = included or _own_items(listed_items(event, order_id), order_id)
    if not items:
        raise SaleInvalidError("its list of order items has none of this order")
    return _priced([line_of(each["attributes"], each["id"].identifier()) for each in items], total)


def _included(order: Member) -> Iterable[Member]:
    included = order["included"]
    return () if is_absent(included) else included.items()


def _own_items(items: Iterable[Member], order_id: str) -> list[Member]:
    """Return the order's own items, because an API may not apply a filter."""
    return [
        each
        for each in items
        if each["type"].text() == "order-items"
        and each["attributes"]["order_id"].identifier() == order_id
    ]


def line_of(item: Member, line: str) -> OrderLine:
    quantity = item["quantity"]
    copies = 1 if is_absent(quantity) else quantity.whole_number(1, MOST_COPIES)
    return OrderLine(line, product_of(item), copies, money(item["price"]) * copies)


def product_of(told: Member) -> Product:
    """Return the product. products.yaml may name its variant, or the product for all variants."""
    product_id = told["product_id"].identifier()
    variant = told["variant_id"]
    names = [
        plain_text(told[each].text_or_none() or "") for each in ("product_name", "variant_name")
    ]
    shown = [name for name in names if name and name != ONE_VARIANT]
    return Product(
        product_id,
        ", ".join(shown) or product_id,
        specific_ids=() if is_absent(variant) else (variant.identifier(),),
    )


def _priced(lines: Sequence[OrderLine], total: int) -> tuple[OrderLine, ...]:
    """Return the lines with prices that add up to the total, with taxes and discounts.

    Refunds are compared with this sum.
    """
    weights = [each.price for each in lines]
    if not any(weights):
        weights = [1] * len(lines)
    ends = [total * reached // sum(weights) for reached in accumulate(weights)]
    prices = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return tuple(
        OrderLine(each.line, each.product, each.quantity, price)
        for each, price in zip(lines, prices, strict=True)
    )
