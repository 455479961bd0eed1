"""A license that a person wants to give without a sale, before the mapping is asked."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from domain.event import OPERATOR
from domain.identifiers import is_usable, is_usable_order_id, order_reference
from domain.license import Term
from domain.sale import Product

LONGEST_KEY = 200
ONLY_LINE = "1"


@dataclass(frozen=True, slots=True)
class OrderName:
    """The order of an earlier sale at a shop, and its line."""

    source: str
    order_id: str
    line: str = ONLY_LINE


@dataclass(frozen=True, slots=True)
class Wanted:
    """The wish for one license.

    `product` or `tier` is given. `options` are chosen options whose category is unknown. `seats` is
    the total, and None leaves it to the mapping, times `quantity`. `term` and `until` None: the
    mapping decides. `source` names the storefront whose entries decide, if one is meant. `order` is
    the sale for which a shop gave this license. `key` becomes a further key.
    """

    email: str
    name: str
    product: Product | None = None
    options: tuple[str, ...] = ()
    tier: str | None = None
    seats: int | None = None
    quantity: int = 1
    term: Term | None = None
    issued_at: datetime | None = None
    until: datetime | None = None
    key: str | None = None
    reference: str | None = None
    source: str | None = None
    order: OrderName | None = None

    @property
    def identity(self) -> str | None:
        """Return the name by which a repetition of the wish is known; None: it has no name."""
        if self.reference is not None:
            return _short("reference", self.reference)
        return None if self.order is None else order_identity(self.order)

    @property
    def content(self) -> str:
        """Return a name made of everything that the wish says."""
        return _short("content", _hash(repr(self)))


def order_identity(order: OrderName) -> str:
    """Return the name by which a line about this order is known again."""
    return _short("order", f"{order_reference(order.source, order.order_id)}:{order.line}")


def license_order(wanted: Wanted, identity: str) -> OrderName:
    """Return the order under which the license stands: the shop's, else one of our own.

    The order id of our own is the reference, if a reference can be an id.
    """
    if wanted.order is not None:
        return wanted.order
    if wanted.reference is not None and is_usable_order_id(wanted.reference):
        return OrderName(OPERATOR, wanted.reference)
    return OrderName(OPERATOR, f"grant-{_hash(identity)[:16]}")


def _short(kind: str, text: str) -> str:
    name = f"{kind}:{text}"
    return name if len(name) <= LONGEST_KEY and is_usable(name) else f"{kind}:{_hash(text)}"


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
