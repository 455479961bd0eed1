"""The contract of a storefront; `tests/storefronts/test_contract.py` holds each to it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.event import ORDER_KINDS, EventKind
from domain.facts import Payment, Reading
from domain.identifiers import order_reference
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
        return the_only_header(self.headers, name)


def the_only_header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    texts = [text for header, text in headers if header == name]
    return texts[0] if len(texts) == 1 else None


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A stored request body, byte for byte, with what is needed to read it.

    `received_at` is by the clock of the process that took it in, which may be wrong; `read_at`
    is by another one, when it is read to be fulfilled. `address` is the buyer's as a person gave
    it, and stands for the body's own, which need not be readable then. `headers` are those that
    are kept, their names in lower case: a shop may name its event there. `secret_label` is that
    of the secret that matched: some shops tell a test by nothing else.
    """

    content_type: str
    body: bytes
    received_at: datetime
    read_at: datetime | None = None
    address: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    secret_label: str | None = None

    def header(self, name: str) -> str | None:
        """Return the header's text; None where it is absent, or stands there more than once."""
        return the_only_header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Naming:
    """What a request says it is. An id that is not usable is left out, never quoted.

    `event_key` is the shop's own id of the event, the same in each delivery of it.
    """

    kind: EventKind
    order_id: str | None = None
    product_ids: tuple[str, ...] = ()
    event_key: str | None = None

    @property
    def product_id(self) -> str | None:
        """Return the first product, by which a run can be searched for."""
        return next(iter(self.product_ids), None)


class Completer(ABC):
    """Asks a shop's API for the parts of a payment that its event lacks.

    The worker alone has one, because it alone has the shop's API key.
    """

    @abstractmethod
    async def complete(self, payment: Payment) -> Payment:
        """Return the payment as the shop's API has it, with every line and the buyer.

        Raises StorefrontAwayError, StorefrontRefusesError, or SaleInvalidError.
        """


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
    def name_request(self, request: StoredRequest) -> Naming:
        """Tell kind, order and event; never raises, whatever the body holds."""

    def workflow_id(self, event_id: int, kind: str, order_id: str | None) -> str:
        """Name the workflow of a row: one per order for sales, one per row for the rest."""
        if kind in ORDER_KINDS and order_id is not None:
            return order_reference(self.name, order_id)
        return order_reference(self.name, f"event:{event_id}")


class Storefront(Door):
    """A whole storefront: its door, and the half that reads a stored request.

    `reading.reader` calls `read` once for each event, in the worker's first step that needs its
    facts: parse as a rule, mint for a refund that came a moment ago. For a late copy of a settled
    order the relay calls it too, and keeps no facts. The worker's step parse calls `read_test`, its
    step complete calls the `completer`.
    """

    @abstractmethod
    def read(self, request: StoredRequest) -> Reading:
        """Read the body into facts; never raises, whatever the body holds."""

    @abstractmethod
    def read_test(self, request: StoredRequest) -> Payment:
        """Read the payment that a test event carries, which may be a real customer's.

        Whoever uses it replaces order and buyer first. Raises SaleInvalidError.
        """

    @property
    def completer(self) -> Completer | None:
        """Return the part that asks the shop's API; None where each event tells all."""
        return None
