"""The lines of a transaction: its items, with the ids and totals of `details.line_items`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from domain.errors import SaleInvalidError
from domain.facts import OrderLine
from domain.sale import Product
from domain.text import plain_text
from storefronts.document import Member
from storefronts.paddle.money import amount, amount_or_none, spread

MOST_COPIES = 1_000_000
CUSTOM = "custom"


def lines_of(data: Member, *, in_subscription: bool, charge: bool) -> tuple[OrderLine, ...]:
    """Return the bought lines. Their prices add up to the transaction's total."""
    details, items = data["details"], data["items"].items()
    if not items:
        raise SaleInvalidError(f"{data['items'].path} must have an item")
    left = [*details["line_items"].items()]
    lines = [
        _line(item, name if in_subscription else "", left)
        for item, name in zip(items, names_of(items), strict=True)
    ]
    if in_subscription:
        lines = _of_subscription(lines, [*map(_recurs, items)], charge=charge)
    prices = [line.price for line in lines]
    total = amount_or_none(details["totals"]["grand_total"])
    whole = prices if total is None else spread(prices, total)
    return tuple(replace(line, price=price) for line, price in zip(lines, whole, strict=True))


def _of_subscription(
    lines: Sequence[OrderLine], recur: Sequence[bool], *, charge: bool
) -> list[OrderLine]:
    """Tell apart the lines that are paid once. In a renewal they are charges, and no products."""
    if not any(recur):
        return [*lines]
    marked = zip(lines, recur, strict=True)
    return [replace(line, once=not recurs) for line, recurs in marked if recurs or not charge]


def _recurs(item: Member) -> bool:
    """Tell whether the price comes again. A price without a billing cycle is paid once."""
    return not item["price"]["billing_cycle"].is_null()


def names_of(items: Sequence[Member]) -> list[str]:
    """Return a name for each item: its price; for the second item of one price, `PRICE#2`."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for item in items:
        price_id = item["price"]["id"].identifier()
        seen[price_id] += 1
        names.append(price_id if seen[price_id] == 1 else f"{price_id}#{seen[price_id]}")
    return names


def quantity_of(item: Member) -> int:
    return item["quantity"].whole_number(1, MOST_COPIES)


def product_of(price: Member, product: Member) -> Product:
    """Return the product. A price made for one sale has an id that nobody can map."""
    product_id = price["product_id"].identifier()
    is_custom = price["type"].text_or_none() == CUSTOM
    return Product(
        product_id,
        plain_text(product["name"].text_or_none() or "") or product_id,
        specific_ids=() if is_custom else (price["id"].identifier(),),
    )


def _line(item: Member, subscription_line: str, left: list[Member]) -> OrderLine:
    detail = _take_detail(item, left)
    return OrderLine(
        line=detail["id"].identifier(),
        product=product_of(item["price"], detail["product"]),
        quantity=quantity_of(item),
        price=amount(detail["totals"]["total"]),
        subscription_line=subscription_line,
    )


def _take_detail(item: Member, left: list[Member]) -> Member:
    """Take the item's details out of those that are left. One price may stand there twice."""
    price_id, quantity = item["price"]["id"].identifier(), quantity_of(item)
    fitting = [each for each in left if each["price_id"].identifier() == price_id]
    if not fitting:
        raise SaleInvalidError(f"data.details.line_items must have {item.path} as well")
    alike = [each for each in fitting if quantity_of(each) == quantity]
    detail = (alike or fitting)[0]
    left.remove(detail)
    return detail
