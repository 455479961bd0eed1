"""The lines of an order, as Checkout sessions, invoices and subscriptions tell them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.facts import OrderLine
from domain.money import spread
from domain.sale import Product
from domain.text import plain_text
from storefronts.document import Member

OF_SUBSCRIPTION = "subscription_item_details"
OF_SUBSCRIPTION_BEFORE = "subscription"
MOST_COPIES = 1_000_000
MOST_MONEY = 10**12
ON_AN_INVOICE = re.compile(r"\d+ × (.+) \(at .+\)", re.DOTALL)
"""The description of an invoice's line: `1 × Inkwell Sync (at $120.00 / year)`."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A bought price. `amount` is Stripe's price of the line, perhaps without tax.

    `recurs`: the price is a subscription's, and no single one beside it.
    """

    line: str
    price_id: str
    product: Product
    quantity: int
    amount: int
    recurs: bool


def order_lines(
    bought: Iterable[Bought], total: int, subscription_id: str | None
) -> tuple[OrderLine, ...]:
    """Return the lines, whose prices add up to the total. A line of no copies buys nothing."""
    begins = subscription_id is not None
    lines = [each for each in bought if each.quantity > 0]
    names = subscription_lines(each.price_id for each in lines)
    prices = spread(total, [each.amount for each in lines])
    return tuple(
        OrderLine(
            each.line, each.product, each.quantity, price, name, once=begins and not each.recurs
        )
        for each, price, name in zip(lines, prices, names, strict=True)
    )


def subscription_lines(price_ids: Iterable[str]) -> Iterator[str]:
    """Yield each line's name within its subscription: `PRICE`, and `PRICE#2` for the second."""
    seen = Counter[str]()
    for price_id in price_ids:
        seen[price_id] += 1
        yield price_id if seen[price_id] == 1 else f"{price_id}#{seen[price_id]}"


def bought_in_session(item: Member) -> Bought:
    price = item["price"]
    return Bought(
        line=item["id"].identifier(),
        price_id=price["id"].identifier(),
        product=product_of(price, item["description"]),
        quantity=quantity_of(item),
        amount=item["amount_total"].whole_number(0, MOST_MONEY),
        recurs=not (price["recurring"].is_missing() or price["recurring"].is_null()),
    )


def has_whole_price(line: Member) -> bool:
    """Tell whether an invoice's line has the price with its lookup key, as before 2025-03-31."""
    return not (line["price"].is_missing() or line["price"].is_null())


def bought_on_invoice(line: Member, lookup_keys: Mapping[str, str]) -> Bought:
    """Return an invoice's line, in the shape before or since 2025-03-31."""
    if has_whole_price(line):
        price_id = line["price"]["id"].identifier()
        product = product_of(line["price"], line["description"])
    else:
        details = line["pricing"]["price_details"]
        price_id, product_id = details["price"].identifier(), details["product"].identifier()
        product = _product(product_id, price_id, lookup_keys.get(price_id), line["description"])
    amount = line["amount"].whole_number(0, MOST_MONEY)
    return Bought(
        line=line["id"].identifier(),
        price_id=price_id,
        product=product,
        quantity=quantity_of(line),
        amount=amount,
        recurs=is_of_subscription(line),
    )


def is_of_subscription(line: Member) -> bool:
    """Tell whether an invoice's line is of the subscription's own prices, and no single item."""
    parent = line["parent"]
    if parent.is_missing() or parent.is_null():
        return line["type"].text() == OF_SUBSCRIPTION_BEFORE
    return parent["type"].text() == OF_SUBSCRIPTION


def product_of(price: Member, description: Member) -> Product:
    return _product(
        price["product"].identifier(),
        price["id"].identifier(),
        price["lookup_key"].identifier_or_none(),
        description,
    )


def _product(
    product_id: str, price_id: str, lookup_key: str | None, description: Member
) -> Product:
    text = plain_text(description.text_or_none() or "")
    on_an_invoice = ON_AN_INVOICE.fullmatch(text)
    name = on_an_invoice[1] if on_an_invoice else text
    specific = (price_id,) if lookup_key is None else (price_id, lookup_key)
    return Product(product_id, name or product_id, specific_ids=specific)


def quantity_of(line: Member) -> int:
    """Return the quantity. Null, as for usage that is billed later, is one."""
    quantity = line["quantity"]
    if quantity.is_missing() or quantity.is_null():
        return 1
    return quantity.whole_number(0, MOST_COPIES)
