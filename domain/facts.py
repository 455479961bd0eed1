"""Facts: an event's content, read once and kept for ever. A fact decides nothing.

Each fact names an order or a subscription of one shop. `at` is the shop's own time, because the
order of arrival does not show the newest fact. Without a time from the shop, `at` is the arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from domain.errors import SaleInvalidError
from domain.event import EventKind, NotedReason
from domain.grants import Grant
from domain.questions import Question
from domain.sale import Product, Sale


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`line` is unique within the order. `price` is for the whole quantity, after discount.

    `subscription_line` names the line within its subscription, the same in each of its payments.
    `once`: the line is paid once, though the order begins a subscription for other lines.
    """

    line: str
    product: Product
    quantity: int
    price: int
    subscription_line: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """`email` is one bare address; empty: the shop has none. `name` has no control characters."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Payment:
    """An order's lines were paid. An order with a total of 0 is paid as well.

    Each `price` is in the smallest unit of `currency`, because yen has no hundredths.
    `charge`: a recurring payment. `written_at` is the time of the shop's body, if a retry tells it.
    `note` tells a person of doubts in the reading. `months` is the time until the next charge, and
    `paid_until` the end of the paid time, where the shop tells them. `shop_key` is the license key
    that the shop itself gave the buyer.
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
    written_at: datetime | None = None
    note: str | None = None
    months: int | None = None
    paid_until: datetime | None = None
    shop_key: str | None = None

    def sales(self, source: str) -> list[Sale]:
        """Return a sale for each line. Raises SaleInvalidError without a buyer or a line."""
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
            subscription_id=None if line.once else self.subscription_id,
            test=self.test,
            charge=self.charge,
            months=None if line.once else self.months,
            paid_until=None if line.once else self.paid_until,
            shop_key=self.shop_key,
            subscription_line="" if line.once else line.subscription_line,
        )


@dataclass(frozen=True, slots=True)
class Refund:
    """A payment went back, in whole or in part. `amount` None: the shop tells no amount.

    `refund_id` is the shop's id of the refund, so that several facts tell of one refund. A refund
    that failed or was reversed took nothing back.
    """

    kind: ClassVar[str] = "refund"

    order_id: str
    at: datetime
    whole: bool
    amount: int | None = None
    refund_id: str | None = None
    state: Literal["made", "failed", "reversed"] = "made"


@dataclass(frozen=True, slots=True)
class Dispute:
    """The buyer's bank asks for the money. `dispute_id` is the shop's id of the dispute."""

    kind: ClassVar[str] = "dispute"

    order_id: str
    at: datetime
    state: Literal["open", "won", "lost"]
    dispute_id: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """The known parts of a subscription's state. None: the event does not tell this part.

    `at` is the moment at which the parts take effect, and may lie ahead. With `ended`, `at` is the
    moment of the ending. `seats` is the bought quantity. `note` tells a person of doubts in the
    reading. `paid_until` is the end of the paid time, where the subscription itself tells it.

    `line` names the line of the subscription that `seats` and `product` are about, and `among` all
    of its lines at that moment; None: there is one line.
    """

    kind: ClassVar[str] = "subscription"

    subscription_id: str
    at: datetime
    renews: bool | None = None
    ends_at: datetime | None = None
    paused: bool | None = None
    ended: bool | None = None
    seats: int | None = None
    product: Product | None = None
    note: str | None = None
    paid_until: datetime | None = None
    line: str | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionLink:
    """A subscription belongs to an order, or to one line of the order.

    `paid_until` is the end of the time that the order paid, where the order itself does not tell
    it.
    """

    kind: ClassVar[str] = "link"

    subscription_id: str
    order_id: str
    at: datetime
    line: str | None = None
    paid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the seller on the license of an order, with the person and the reason.

    `line` None: every license of the order. `until` belongs to an extension, `seats` to a number of
    seats, `tier` to a tier, `key` to a further key.
    """

    kind: ClassVar[str] = "act"

    order_id: str
    at: datetime
    act: EventKind
    by: str
    why: str | None = None
    line: str | None = None
    until: datetime | None = None
    seats: int | None = None
    tier: str | None = None
    key: str | None = None


Fact: TypeAlias = Payment | Refund | Dispute | SubscriptionState | SubscriptionLink | Act | Grant


@dataclass(frozen=True, slots=True)
class Ignored:
    """The event mints nothing; `why` completes the outcome `ignored:<why>`.

    `why` is the shop's own name of the event, if the event is known by name and not needed.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Waits:
    """The event settles nothing, so that a later event may mint. The outcome is `noted:<why>`."""

    why: NotedReason


@dataclass(frozen=True, slots=True)
class Reading:
    """An event's facts. `ends` is the reason to mint nothing, if there is one.

    A body without a usable sale may still tell a refund. Then `ends` is the error.
    `asks` is a question to the shop's API, without whose answer the event cannot be read.
    `note` tells a person what changes no license.
    """

    facts: tuple[Fact, ...] = ()
    ends: Ignored | Waits | SaleInvalidError | None = None
    asks: Question | None = None
    note: str | None = None


def payment_in(facts: Iterable[Fact]) -> Payment | None:
    """Return the last payment, because a completed payment follows the event's own payment."""
    return next((each for each in reversed([*facts]) if isinstance(each, Payment)), None)
