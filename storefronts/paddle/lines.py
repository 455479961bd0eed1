"""The lines of a transaction: its items, with the ids and totals of `details.line_items`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from domain.errors import SaleInvalidError
from domain.facts import OrderLine
from domain.sale import Product
from domain.text import plain_text
from storefronts.document import Member
from storefronts.paddle.money import amount, amount_or_none, spread

MOST_COPIES = 1_000_000
CUSTOM = "custom"


def lines_of(data: Member, *, in_subscription: bool) -> tuple[OrderLine, ...]:
    """Return the bought lines. Their prices add up to the transaction's total."""
    details = data["details"]
    items, numbered = data["items"].items(), [*_numbered(details["line_items"].items())]
    names = names_of(items)
    lines = [
        _line(item, name, dict(numbered), in_subscription=in_subscription)
        for item, name in zip(items, names, strict=True)
    ]
    if not lines:
        raise SaleInvalidError(f"{data['items'].path} must have an item")
    prices = [line.price for line in lines]
    total = amount_or_none(details["totals"]["grand_total"])
    whole = prices if total is None else spread(prices, total)
    return tuple(replace(line, price=price) for line, price in zip(lines, whole, strict=True))


def names_of(items: Sequence[Member]) -> list[str]:
    """Return a name for each item: its price; for the second item of one price, `PRICE#2`."""
    return [*_counted([item["price"]["id"].identifier() for item in items])]


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


def _line(
    item: Member, name: str, numbered: dict[str, Member], *, in_subscription: bool
) -> OrderLine:
    detail = numbered.get(name)
    if detail is None:
        raise SaleInvalidError(f"details.line_items must have {item.path} as well")
    return OrderLine(
        line=detail["id"].identifier(),
        product=product_of(item["price"], detail["product"]),
        quantity=quantity_of(item),
        price=amount(detail["totals"]["total"]),
        subscription_line=name if in_subscription else "",
    )


def _numbered(details: Sequence[Member]) -> Iterator[tuple[str, Member]]:
    """Yield the details by the names of their items, because one price may stand there twice."""
    names = _counted([detail["price_id"].identifier() for detail in details])
    return zip(names, details, strict=True)


def _counted(price_ids: Sequence[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for price_id in price_ids:
        seen[price_id] += 1
        yield price_id if seen[price_id] == 1 else f"{price_id}#{seen[price_id]}"
