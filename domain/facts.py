"""Facts: an event's content, read once and kept for ever. They decide nothing themselves.

Each names its order or its subscription within one shop, and carries the shop's own time `at`,
because arrival says nothing of which is newest. A shop that tells no time gives the arrival's.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from domain.errors import SaleInvalidError
from domain.event import EventKind, IgnoredReason, NotedReason
from domain.sale import Product, Sale


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`line` names it within its order; `price` is for the whole quantity, after discount."""

    line: str
    product: Product
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """`email` is one bare address; `name` is free of control characters."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Payment:
    """An order's lines were paid; a total of 0 is paid as well.

    Each `price` is in `currency`'s smallest unit: yen has no hundredths.
    `whole` False: the event lacks lines or the buyer, and the shop's API has them.
    `charge`: a recurring one. `written_at` is when the shop wrote the event, where a retry says so.
    `note` is what a person should know of how it was read.
    """

    kind: ClassVar[str] = "payment"

    order_id: str
    at: datetime
    lines: tuple[OrderLine, ...]
    currency: str
    buyer: Buyer | None
    giver: str | None = None
    order_number: str | None = None
    offer_code: str | None = None
    subscription_id: str | None = None
    charge: bool = False
    test: bool = False
    whole: bool = True
    written_at: datetime | None = None
    note: str | None = None

    def sales(self, source: str) -> list[Sale]:
        """Return a sale for each line. Raises SaleInvalidError where one of them cannot be."""
        if self.buyer is None or not self.lines:
            raise SaleInvalidError("it must have a buyer and at least one line")
        return [self._sale(source, self.buyer, line) for line in self.lines]

    def _sale(self, source: str, buyer: Buyer, line: OrderLine) -> Sale:
        return Sale(
            source=source,
            order_id=self.order_id,
            line=line.line,
            product=line.product,
            quantity=line.quantity,
            price=line.price,
            currency=self.currency,
            email=buyer.email,
            name=buyer.name,
            giver=self.giver,
            sold_at=self.at,
            order_number=self.order_number,
            offer_code=self.offer_code,
            subscription_id=self.subscription_id,
            test=self.test,
        )


@dataclass(frozen=True, slots=True)
class Refund:
    """A payment went back: all of it, or an `amount` that is None where the shop tells none."""

    kind: ClassVar[str] = "refund"

    order_id: str
    at: datetime
    whole: bool
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    kind: ClassVar[str] = "dispute"

    order_id: str
    at: datetime
    state: Literal["open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """The parts of a subscription that the event tells; None is a part that it does not."""

    kind: ClassVar[str] = "subscription"

    subscription_id: str
    at: datetime
    renews: bool | None = None
    ends_at: datetime | None = None
    paused: bool | None = None
    ended: bool | None = None
    seats: int | None = None
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A subscription belongs to an order."""

    kind: ClassVar[str] = "link"

    subscription_id: str
    order_id: str
    at: datetime


Fact: TypeAlias = Payment | Refund | Dispute | SubscriptionState | Link


@dataclass(frozen=True, slots=True)
class Ignored:
    """The event mints nothing; `why` completes the outcome `ignored:<why>`."""

    why: EventKind | IgnoredReason


@dataclass(frozen=True, slots=True)
class Waits:
    """The event settles nothing: a later one of its order may mint. `why`: `noted:<why>`."""

    why: NotedReason


@dataclass(frozen=True, slots=True)
class Reading:
    """An event's facts, and why it mints nothing, where that is so.

    A body may be no usable sale and tell a refund nonetheless: then `ends` is the error.
    """

    facts: tuple[Fact, ...] = ()
    ends: Ignored | Waits | SaleInvalidError | None = None


def payment_in(facts: Iterable[Fact]) -> Payment | None:
    """Return the newest payment: the one that the shop's API completed comes after the event's."""
    return next((each for each in reversed([*facts]) if isinstance(each, Payment)), None)


def is_refunded(facts: Iterable[Fact]) -> bool:
    return any(isinstance(each, Refund) and each.whole for each in facts)


def is_taken_back(facts: Collection[Fact]) -> bool:
    """Tell from an order's facts, in any order, whether it mints no more.

    A refund of a part takes nothing back, and a dispute may be won before the sale is minted.
    """
    disputes = {each.state for each in facts if isinstance(each, Dispute)}
    return is_refunded(facts) or (bool(disputes & {"open", "lost"}) and "won" not in disputes)
