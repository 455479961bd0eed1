"""Made-up sales, sent like a storefront's own, for demo, smoke test and torture."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SampleSale:
    """A made-up sale. `product_id` must be mapped; `test` marks a purchase by the seller.

    `retry` counts the earlier sends of the request. `SampleShop.mark_of` reads `mark` again, and
    `padding` makes the body that many bytes longer.
    """

    order_id: str
    product_id: str
    product_name: str
    email: str
    name: str
    sold_at: datetime
    variants: tuple[tuple[str, str], ...] = ()
    test: bool = False
    subscription_id: str | None = None
    is_charge: bool = False
    retry: int = 0
    mark: str | None = None
    padding: int = 0


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """A POST to the storefront's webhook, with the shop's own kind of authentication."""

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class SampleShop(ABC):
    """Plays the shop, with one secret."""

    @abstractmethod
    def new_order_id(self) -> str:
        """Return a new id in the shop's own form."""

    @abstractmethod
    def request(self, sale: SampleSale) -> SampleRequest:
        """Return the request that the shop would send for the sale."""

    @abstractmethod
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        """Return the same request with a wrong secret."""

    @abstractmethod
    def mark_of(self, body: bytes) -> str:
        """Return the mark in a stored body."""
