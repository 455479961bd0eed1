"""The contract of a storefront; `tests/storefronts/test_contract.py` holds each to it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.event import ORDER_KINDS, EventKind
from domain.identifiers import order_reference
from domain.sale import Ignored, Sale
from storefronts.labeled_secrets import MatchedSecret
from storefronts.signatures import Signature


@dataclass(frozen=True, slots=True)
class Envelope:
    """The part of a request that arrives before its body.

    Header names are lower case; `query` is the raw query string.
    """

    headers: tuple[tuple[str, str], ...]
    query: str

    def header(self, name: str) -> str | None:
        """Return the header's text; None where it is absent, or stands there more than once."""
        texts = [text for header, text in self.headers if header == name]
        return texts[0] if len(texts) == 1 else None


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

    kind: EventKind
    order_id: str | None = None
    product_id: str | None = None


class Door(ABC):
    """The half of a storefront that the API uses. Nothing here does I/O, and nothing raises.

    Each request passes through it in this order:

    1. `api.authentication` calls `screen`, of every storefront and for every path, before
       routing and before the body is read.
    2. Where that returned a `Signature`, it reads the body and calls `Signature.verify`.
    3. `api.webhooks` calls `holds_secret` on each text that would be stored, and `name_request`
       on the body; the row is committed and answered.
    4. The relay calls `workflow_id` for the row.

    `missing` is asked at the start and by `/readyz`, `why_refused` after a refused request was
    answered.
    """

    name: ClassVar[str]
    """As in the webhook's path, in `events.source` and in products.yaml."""

    address_ends: ClassVar[str] = ""
    """The part of the webhook's address behind its path, as a person reads it."""

    @abstractmethod
    def screen(self, envelope: Envelope, at: datetime) -> MatchedSecret | Signature | None:
        """Authenticate by the envelope of a request that arrived at `at`.

        A secret in the address or in a header authenticates at once: the answer is the secret.
        A shop that signs its bodies returns the `Signature` that the body must prove, where its
        header is well-formed and recent. None is a stranger.
        """

    @abstractmethod
    def why_refused(self, envelope: Envelope, at: datetime) -> str:
        """Return the probable cause of a refusal, as a clause that begins with its subject.

        It is told from the shape of the envelope alone. To compare what was offered with the
        secret would tell a stranger who reads `/readyz` how near a guess was.
        """

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

    def workflow_id(self, event_id: int, kind: str, order_id: str | None) -> str:
        """Name the workflow of a row: one per order for sales, one per row for the rest."""
        if kind in ORDER_KINDS and order_id is not None:
            return order_reference(self.name, order_id)
        return order_reference(self.name, f"event:{event_id}")


class Storefront(Door):
    """A whole storefront: its door, and the half that reads a stored request.

    The worker reads: `parse` in its step of that name, `is_undone` before a license is minted.
    The relay reads a late copy of a settled order.
    """

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
