"""The contract of a storefront; `tests/storefronts/test_contract.py` holds each to it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.event import ORDER_KINDS, Kind
from domain.identifiers import order_reference
from domain.sale import Ignored, Sale


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a request shows before its body is read: enough to tell a friend from a stranger.

    Header names are lower case; `query` is the raw query string.
    """

    headers: tuple[tuple[str, str], ...]
    query: str


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A stored request body, byte for byte, with what is needed to read it.

    `received_at` is by the clock of the process that took it in, which may be wrong; `read_at`
    is by another one, when it is read to be fulfilled. `address` is the buyer's as a person gave
    it, and stands for the body's own, which need not be readable then.
    """

    content_type: str
    body: bytes
    received_at: datetime
    read_at: datetime | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """What a ping says it is. An id that is not usable is None, never quoted."""

    kind: Kind
    order_id: str | None = None
    product_id: str | None = None


class Storefront(ABC):
    name: ClassVar[str]
    """As in the webhook's path, in `events.source` and in products.yaml."""

    @abstractmethod
    def authenticate(self, envelope: Envelope) -> int | None:
        """Return the position of the secret that matched, or None for a stranger."""

    def holds_secret(self, text: str) -> bool:
        """Tell whether one of the secrets can be read out of the text, however it is spelled.

        Where a shop signs its requests, none travels.
        """
        del text
        return False

    def missing(self) -> str | None:
        """Name the setting without which every request is refused; None where nothing lacks."""
        return None

    @abstractmethod
    def name_request(self, ping: StoredRequest) -> Naming:
        """Tell kind and order; never raises, whatever the body holds."""

    @abstractmethod
    def parse(self, ping: StoredRequest) -> Sale | Ignored:
        """Read the body into a sale, or name why it mints nothing.

        Raises SaleInvalidError for everything else.
        """

    @abstractmethod
    def parse_test(self, ping: StoredRequest) -> Sale:
        """Read the sale that a test ping carries, which may be a real customer's.

        Whoever uses it replaces order and address first. Raises SaleInvalidError.
        """

    @abstractmethod
    def is_undone(self, pings: Iterable[StoredRequest]) -> bool:
        """Tell from all pings that name an order, in any order, whether it was taken back.

        Such an order is not minted any more. Never raises.
        """

    def workflow_id(self, event_id: int, kind: str, order_id: str | None) -> str:
        """Name the workflow of a row: one per order for sales, one per row for the rest."""
        if kind in ORDER_KINDS and order_id is not None:
            return order_reference(self.name, order_id)
        return order_reference(self.name, f"event:{event_id}")
