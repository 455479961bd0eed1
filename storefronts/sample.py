"""Made-up sales and events, sent like a storefront's own: demo, smoke, torture and trigger."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.sale import Variants
from storefronts.sample_events import SampleEvent


@dataclass(frozen=True, slots=True)
class SampleSale:
    """A made-up sale. `product_id` must be mapped; `test` marks a purchase by the seller.

    `months` is the period of a membership. `retry` counts the earlier sends of the request.
    `SampleShop.mark_of` reads `mark` again, and `padding` makes the body that many bytes longer.
    """

    order_id: str
    product_id: str
    product_name: str
    email: str
    name: str
    sold_at: datetime
    variants: Variants = ()
    quantity: int = 1
    test: bool = False
    subscription_id: str | None = None
    months: int | None = None
    is_charge: bool = False
    retry: int = 0
    mark: str | None = None
    padding: int = 0


@dataclass(frozen=True, slots=True)
class PaidOrder:
    order_id: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """The options and the number of copies that a membership pays for."""

    variants: Variants
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """An event of an earlier order, which happens `at`.

    `content_type` and `body` are the stored request of that order, so that the event repeats the
    shop's own ids. `paid` has all orders of its subscription, or it alone, oldest first. `plan` is
    the plan of today, which an event may have changed after the order. A renewal is the order
    `new_order_id`. `retry` and `mark` are those of a `SampleSale`. The other fields change the
    body; None: as in the order.
    """

    content_type: str
    body: bytes
    paid: tuple[PaidOrder, ...]
    plan: SamplePlan
    at: datetime
    new_order_id: str
    product_id: str | None = None
    product_name: str | None = None
    email: str | None = None
    name: str | None = None
    quantity: int | None = None
    variants: Variants | None = None
    retry: int = 0
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """A POST to the storefront's webhook, with the shop's own kind of authentication.

    `answers` are those of the shop's API about the event, each a path with its body, where the body
    lacks parts of the event. `also` are the events that the shop sends at the same time.
    """

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    answers: tuple[tuple[str, bytes], ...] = ()
    also: tuple["SampleRequest", ...] = ()


class SampleShop(ABC):
    """Plays the shop, with one secret."""

    names: ClassVar[frozenset[SampleEvent]] = frozenset()
    """The events that `event` and `follow_up` make, for `mintpost trigger`."""

    has_variants: ClassVar[bool] = False
    """Tells whether a plan is an option of its product. Elsewhere it is a product of its own."""

    tells_times: ClassVar[bool] = True
    """Tells whether an event has a time that orders it. Else the API's newest answer counts."""

    tells_periods: ClassVar[bool] = True
    """Tells whether a later payment has a period of its own. Else the API's newest date counts."""

    @abstractmethod
    def new_order_id(self) -> str:
        """Return a new id in the shop's own form."""

    def new_charge_id(self) -> str:
        """Return a new id of a subscription's later payment, in the shop's own form."""
        return self.charge_id(self.new_order_id())

    def charge_id(self, order_id: str) -> str:
        """Return the id of a subscription's later payment that is made from an order's."""
        return order_id

    @abstractmethod
    def request(self, sale: SampleSale) -> SampleRequest:
        """Return the request that the shop would send for the sale."""

    @abstractmethod
    def strangers_request(self, sale: SampleSale) -> SampleRequest:
        """Return the same request with a wrong secret."""

    @abstractmethod
    def mark_of(self, body: bytes) -> str:
        """Return the mark in a stored body."""

    def event(self, name: SampleEvent, sale: SampleSale) -> SampleRequest:
        """Return the request of an event in `names` that belongs to no earlier order."""
        raise KeyError(name, sale.order_id)

    def follow_up(self, name: SampleEvent, told: FollowUp) -> SampleRequest:
        """Return the request of an event in `names` that belongs to an earlier order."""
        raise KeyError(name, told.paid)
