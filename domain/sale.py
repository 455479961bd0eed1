"""One bought order line, the same whichever storefront it came from."""

from dataclasses import dataclass, field
from datetime import datetime

Variants = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """What was bought, as the storefront names it.

    `product_id` is the storefront's lasting id; `aliases` are other names by which a person
    may have mapped it (permalinks, say, which change when the seller edits them).
    """

    product_id: str
    name: str
    aliases: tuple[str, ...] = ()
    variants: Variants = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that can be fulfilled.

    `price` is in `currency`'s smallest unit, for the whole quantity, after discount.
    `sold_at` is the payment's own time in UTC: the license's term starts there.
    `order_number` is what the buyer's receipt calls the order.
    `giver` is who paid for a gift, as `find` is asked for them; no part of what was sold.
    `email` is one bare address; `name` is what to call the buyer, free of control characters.
    """

    source: str
    order_id: str
    product: Product
    quantity: int
    price: int
    currency: str
    email: str
    name: str
    sold_at: datetime
    order_number: str | None = None
    offer_code: str | None = None
    subscription_id: str | None = None
    test: bool = False
    line: str = "1"
    giver: str | None = field(default=None, compare=False)


CORRECTED = "the license goes to the address that a person gave instead"
"""The note of a ping whose own address was replaced by a correction."""


@dataclass(frozen=True, slots=True)
class Sold:
    """An order's lines as they were sold, to compare a copy of it with.

    `holder` is whom the order's license belongs to, None where there is none; `corrected`: a
    person said so.
    """

    sales: tuple[Sale, ...]
    holder: str | None
    corrected: bool
