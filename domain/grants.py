"""Licenses that the seller gives without a sale."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.decisions import Decision
from domain.sale import Product, Sale


@dataclass(frozen=True, slots=True)
class Grant:
    """A license from the seller, without a sale, with its terms as decided when it was given.

    `at` is the beginning of its term. `key` becomes a further key. `mail` False: nobody is mailed.
    `note` tells a person of doubts in the decision.
    """

    kind: ClassVar[str] = "grant"

    order_id: str
    at: datetime
    product: Product
    decision: Decision
    email: str
    name: str
    by: str
    why: str | None = None
    line: str = "1"
    key: str | None = None
    mail: bool = True
    note: str | None = None

    def sale(self, source: str) -> Sale:
        """Return the sale that stands for the grant. Nobody paid, so its price is 0."""
        return Sale(
            source=source,
            order_id=self.order_id,
            line=self.line,
            product=self.product,
            quantity=self.decision.quantity,
            price=0,
            currency="usd",
            email=self.email,
            name=self.name,
            sold_at=self.at,
            shop_key=self.key,
        )
