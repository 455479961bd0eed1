"""A made-up sale, as a storefront would send it: for demo, smoke test and torture."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SampleSale:
    """`product_id` must be mapped; `test` marks a purchase by the seller.

    `retry` counts how often its request was sent before. `mark` comes back by
    `SampleShop.mark_of`, and `padding` makes the body longer by so many bytes.
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
    """A POST to the storefront's webhook, authenticated as the shop does it."""

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class SampleShop(ABC):
    """Plays a storefront's own part, with one secret."""

    @abstractmethod
    def new_order_id(self) -> str:
        """Return an id of the shape that the shop's have."""

    @abstractmethod
    def request(self, sale: SampleSale) -> SampleRequest:
        """Return the request by which the shop tells of the sale."""

    @abstractmethod
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        """Return the same, with a secret that is not the webhook's."""

    @abstractmethod
    def mark_of(self, body: bytes) -> str:
        """Return the mark of the sale that a stored body tells of."""
