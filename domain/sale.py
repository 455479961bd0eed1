"""One bought order line, the same whichever storefront it came from."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.event import EventKind, IgnoredReason

Variants = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """What was bought, as the storefront names it.

    `product_id` is the storefront's lasting id; `aliases` are other names by which a person
    may have mapped it (Gumroad's permalinks, which change when the seller edits them).
    """

    product_id: str
    name: str
    aliases: tuple[str, ...] = ()
    variants: Variants = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that can be fulfilled.

    `price_cents` is in `currency`'s hundredths for the whole quantity, after discount.
    `sold_at` is the payment's own time in UTC: the license's term starts there.
    `order_number` is what the buyer's receipt calls the order.
    `note` is what a person should know of how it was read.
    `giver` is who paid for a gift, as `find` is asked for them; no part of what was sold.
    `email` is one bare address; `name` is what to call the buyer, free of control characters.
    `written_at` is when the storefront wrote the ping, where that is not when it came.
    """

    source: str
    order_id: str
    product: Product
    quantity: int
    price_cents: int
    currency: str
    email: str
    name: str
    sold_at: datetime
    order_number: str | None = None
    offer_code: str | None = None
    subscription_id: str | None = None
    test: bool = False
    line: str = "1"
    note: str | None = None
    # Of the ping and not of the sale: two readings of one sale are equal.
    written_at: datetime | None = field(default=None, compare=False)
    giver: str | None = field(default=None, compare=False)


CORRECTED = "the license goes to the address that a person gave instead"
"""The note of a ping whose own address was replaced by a correction."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What a copy of an order is compared with.

    `holder` is whom the order's license belongs to, None where there is none; `corrected`: a
    person said so.
    """

    sale: Sale
    holder: str | None
    corrected: bool


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that is known and mints nothing; `why` completes the outcome `ignored:<why>`."""

    why: EventKind | IgnoredReason
