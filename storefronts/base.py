"""The contract of a storefront, as `tests/storefronts/test_contract.py` tests every storefront."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import ClassVar

from domain.errors import SaleInvalidError
from domain.event import ORDER_KINDS, EventKind
from domain.facts import Payment, Reading
from domain.identifiers import event_reference, order_reference
from domain.questions import Answer, Question, UnansweredError
from kit.doors.base import WebhookDoor, the_only_header
from storefronts.document import Member, read_document, require_same
from storefronts.listing import ProductList
from storefronts.registrations import Registrations
from storefronts.shop_api import ShopApi

OF_LIVE = (
    "it is of the shop's live side, and the secret of its test side signed it, so the webhook "
    "secrets in the settings may stand at each other's place"
)


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A stored request body, byte for byte, with the facts that a reader needs.

    `received_at` comes from the clock of the API's process, and that clock may be wrong. `read_at`
    comes from the clock of the process that reads the body. `address` is the buyer's address as a
    person corrected it; it replaces the body's own address, even an unreadable one. `headers` are
    the kept headers, with lower-case names, because a shop may send its event key in a header.
    `secret_label` is the label of the matched secret, because some shops mark a test by the secret
    alone. `answers` are those of the shop's API to the questions of earlier readings.
    """

    content_type: str
    body: bytes
    received_at: datetime
    read_at: datetime | None = None
    address: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    secret_label: str | None = None
    answers: tuple[Answer, ...] = ()

    def header(self, name: str) -> str | None:
        """Return the header's text; None if the header is absent or repeated."""
        return the_only_header(self.headers, name)

    def require_side(self, *, is_test: bool) -> None:
        """Refuse a body of the live side that the test side's secret signed.

        More people have a test secret, and it must touch no license that was paid for. Raises
        SaleInvalidError.
        """
        if self.secret_label == "test" and not is_test:  # noqa: S105 - a label, no secret
            raise SaleInvalidError(OF_LIVE)

    def answer(self, question: Question) -> Member | None:
        """Return the document that answers the question; None if the shop knows none.

        Raises UnansweredError while nobody has asked, and SaleInvalidError.
        """
        found = self.told(question)
        return _of_the_asked(read_document(found.body), question) if found.is_found else None

    def told(self, question: Question) -> Answer:
        """Return the answer with its time. Raises UnansweredError while nobody has asked."""
        for each in self.answers:
            if each.path == question.path:
                return each
        raise UnansweredError(question)


def _of_the_asked(document: Member, question: Question) -> Member:
    """Refuse an answer about another object: a cache may give somebody else's lines or address."""
    if question.object_id is not None:
        require_same(reduce(Member.__getitem__, question.id_at, document), question.object_id)
    return document


@dataclass(frozen=True, slots=True)
class Naming:
    """Kind and ids of a request. Unusable ids are left out, and never quoted.

    `event_key` is the shop's own id of the event. A repeated request has the same key.
    """

    kind: EventKind
    order_id: str | None = None
    product_ids: tuple[str, ...] = ()
    event_key: str | None = None

    @property
    def product_id(self) -> str | None:
        """Return the first product, so that a person can search for the run by it."""
        return next(iter(self.product_ids), None)


class Door(WebhookDoor):
    """The half of a storefront that the API uses. Nothing here does I/O, and nothing raises.

    Each request passes the door in this order:

    1. `api.authentication` authenticates it, as at every `WebhookDoor`.
    2. `api.webhooks` calls `holds_secret` on each text that it would store, and `name_request`
       on the body. If the body is long, it calls `key_in_header`, and the worker calls
       `name_request`. Then it commits the row and answers.
    3. The relay calls `workflow_id` for the row.
    """

    def holds_secret(self, text: str) -> bool:
        """Tell whether the text holds a secret in any spelling. A shop that signs sends none."""
        del text
        return False

    @abstractmethod
    def name_request(self, request: StoredRequest) -> Naming:
        """Name kind, order and event. No body makes this method raise.

        Where an answer of the shop's API tells another kind or order than the body, it counts.
        """

    def key_in_header(self, request: StoredRequest) -> str | None:
        """Return the shop's own id of the event where a header holds it.

        It is the one of `name_request`. A body may be too long to be parsed before the answer.
        """
        del request
        return None

    def workflow_id(self, event_id: int, kind: str, order_id: str | None) -> str:
        """Name the workflow of a row: one per order for sales, one per row for the rest."""
        if kind in ORDER_KINDS and order_id is not None:
            return order_reference(self.name, order_id)
        return event_reference(self.name, event_id)


class Storefront(Door):
    """A whole storefront: the door, and the half that reads a stored request.

    `reading.reader` calls `read` once for each event, in the worker's first step that needs the
    facts: usually parse, or mint for a refund that arrived a moment ago. For a late copy of a
    settled order, the relay also calls `read`, and keeps no facts. The step parse calls
    `read_test`. The step complete asks `api` the questions of an incomplete reading.
    """

    charges_mint: ClassVar[bool] = False
    """Tells whether a subscription's later charge mints the license that its lost sale did not.

    Otherwise the charge waits for the sale, because the shop's API or its list has it.
    """

    @abstractmethod
    def read(self, request: StoredRequest) -> Reading:
        """Read the body into facts. No body makes this method raise.

        `Reading.asks` names a question, if the shop's API must answer it first.
        """

    @abstractmethod
    def read_test(self, request: StoredRequest) -> Payment:
        """Read the payment of a test event, which may be a real customer's.

        The caller must replace order and buyer. Raises SaleInvalidError.
        """

    @property
    def api(self) -> ShopApi | None:
        """Return the client of the shop's API; None if no event needs it."""
        return None

    @property
    def products(self) -> ProductList | None:
        """Return the reader of the shop's own list of products; None if there is none."""
        return None

    @property
    def registrations(self) -> Registrations | None:
        """Return the reader of the shop's own list of webhooks; None if there is none."""
        return None
