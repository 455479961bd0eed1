"""Declares the steps of a sale for the workflows; `activities/` implements them.

One dataclass goes into a step and one comes out. Fields are only added, because histories with the
old fields are replayed for ever. A dataclass holds ids, product ids, tiers and states, and never an
address, a name or a license key, because everyone with access to Temporal can read it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity


@dataclass(frozen=True)
class EventToParse:
    event_id: int


@dataclass(frozen=True)
class ParsedEvent:
    """`sale_id` is None for an event that mints nothing; then `ignored` or `noted` says why.

    `duplicate`: another row has the same event.
    `further_sale_ids`: the order's other lines. `noted`: the event settles nothing, and a later
    event of the order may mint. `incomplete`: the worker must ask the shop's API for the rest.
    `applies` is the kind of an event that is no sale, whose facts change licenses.
    """

    sale_id: int | None = None
    ignored: str | None = None
    further_sale_ids: tuple[int, ...] = ()
    noted: str | None = None
    incomplete: bool = False
    duplicate: bool = False
    applies: str | None = None


@dataclass(frozen=True)
class EventToApply:
    """`kind` is the event's kind, for the story in the Web UI."""

    event_id: int
    kind: str


@dataclass(frozen=True)
class AppliedEvent:
    """`told` are clauses about licenses, such as license 12 revoked.

    `delivery_ids` are the e-mails that the event owes. `again_at`: a fact takes effect then, so the
    step must run again. `incomplete`: the worker must ask the shop's API first, and apply again.
    """

    outcome: str
    told: tuple[str, ...] = ()
    delivery_ids: tuple[int, ...] = ()
    again_at: datetime | None = None
    incomplete: bool = False


@dataclass(frozen=True)
class EventToComplete:
    event_id: int


@dataclass(frozen=True)
class SaleToMint:
    event_id: int
    sale_id: int


@dataclass(frozen=True)
class MintedLicense:
    """`delivery_id` is the e-mail that announces the license; None: nothing to announce.

    `term` is text for people, such as 1 year. `renewed`: a subscription's license was extended.
    `ignored`: no license, because the order was taken back while it waited. `noted`: no license,
    because a charge waits for the sale of its subscription.
    """

    license_id: int | None = None
    delivery_id: int | None = None
    tier: str = ""
    term: str = ""
    renewed: bool = False
    ignored: str | None = None
    noted: str | None = None


@dataclass(frozen=True)
class LicenseToEmail:
    """`further_delivery_ids` are the other deliveries of the same order, event or resend."""

    event_id: int
    delivery_id: int
    further_delivery_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class EmailedLicense:
    """`status` is the delivery's status (accepted or logged), from this or an earlier attempt."""

    status: str


@dataclass(frozen=True)
class OrderToClose:
    """`error` is the sentence of a failed sale.

    `unlicensed_sale_ids`: the lines without a license in an order with licenses.
    """

    event_id: int
    outcome: str
    error: str | None = None
    unlicensed_sale_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class ClosedOrder:
    """`rows` counts the events that this close settled. A repeated close settles none.

    `owed` names a step whose work is missing. Nothing was settled then.
    """

    outcome: str
    rows: int
    owed: str | None = None


@dataclass(frozen=True)
class AskedState:
    event_id: int


@dataclass(frozen=True)
class KnownState:
    """`known`: the namespace has the search attribute `SaleState`."""

    known: bool


class StateStep(ABC):
    """Runs once in a run that waits or fails, because only Temporal knows its attributes."""

    @activity.defn
    @abstractmethod
    async def ask_state(self, asked: AskedState) -> KnownState: ...


class ParseStep(ABC):
    @activity.defn
    @abstractmethod
    async def parse(self, event: EventToParse) -> ParsedEvent: ...


class CompleteStep(ABC):
    """Runs for an incomplete event, because only the shop's API has the rest."""

    @activity.defn
    @abstractmethod
    async def complete(self, event: EventToComplete) -> ParsedEvent: ...


class ApplyStep(ABC):
    """Reads the facts of an event that is no sale, and applies them to the licenses."""

    @activity.defn
    @abstractmethod
    async def apply(self, event: EventToApply) -> AppliedEvent: ...


class MintStep(ABC):
    @activity.defn
    @abstractmethod
    async def mint(self, sale: SaleToMint) -> MintedLicense: ...


class EmailStep(ABC):
    @activity.defn
    @abstractmethod
    async def email(self, letter: LicenseToEmail) -> EmailedLicense: ...


class CloseStep(ABC):
    @activity.defn
    @abstractmethod
    async def close(self, order: OrderToClose) -> ClosedOrder: ...
