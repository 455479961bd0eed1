"""A sale: one bought order line, in the same form for every storefront."""

from dataclasses import dataclass, field
from datetime import datetime

Variants = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """The bought product, under the storefront's names.

    `product_id` is the storefront's lasting id. `aliases` are further names that products.yaml may
    use, for example a permalink, although a seller may change a permalink. `specific_ids` are ids
    of a price or a variant of the product, most specific first; products.yaml may use each of them,
    and they count before the product's own.
    """

    product_id: str
    name: str
    aliases: tuple[str, ...] = ()
    variants: Variants = ()
    specific_ids: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name that products.yaml may use, most specific first."""
        return (*self.specific_ids, self.product_id, *self.aliases)


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that can be fulfilled.

    `price` is in the smallest unit of `currency`, for the whole quantity, after discount.
    `sold_at` is the time of the payment in UTC, because the license's term starts then.
    `order_number` is the order's name on the buyer's receipt.
    `giver` paid for a gift. It is kept for `mintpost find`, and comparisons leave it out.
    `email` is one bare address. `name` is the buyer's name without control characters.
    `charge`: a recurring payment of a subscription. `months`, `paid_until` and `shop_key` are those
    of `domain.facts.Payment`, and `subscription_line` is that of the order line.
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
    charge: bool = field(default=False, compare=False)
    months: int | None = field(default=None, compare=False)
    paid_until: datetime | None = field(default=None, compare=False)
    shop_key: str | None = field(default=None, compare=False)
    subscription_line: str = field(default="", compare=False)


CORRECTED = "the license goes to the address that a person gave instead"
"""The note of an event with a corrected address."""


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """The sold lines of an order, for comparison with a copy.

    `holder` is the address of the license's holder; None: there is no license. `corrected`: a
    person gave this address.
    """

    sales: tuple[Sale, ...]
    holder: str | None
    corrected: bool
