"""Declares the steps of a sale for the workflows; `activities/` implements them.

One dataclass goes into a step and one comes out. Fields are only added, because histories with the
old fields are replayed for ever. A dataclass holds ids, product ids, tiers and states, and never an
address, a name or a license key, because everyone with access to Temporal can read it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from temporalio import activity


@dataclass(frozen=True)
class EventToParse:
    event_id: int


@dataclass(frozen=True)
class ParsedEvent:
    """The parsed event. When `sale_id` is None, no license is minted, and `ignored` says why."""

    sale_id: int | None = None
    ignored: str | None = None


@dataclass(frozen=True)
class SaleToMint:
    event_id: int
    sale_id: int


@dataclass(frozen=True)
class MintedLicense:
    """`delivery_id` is the e-mail that announces the license; None: nothing to announce.

    `term` is text for people, such as 1 year. `renewed`: a subscription's license was extended.
    `ignored`: no license, because the order was taken back while it waited.
    """

    license_id: int | None = None
    delivery_id: int | None = None
    tier: str = ""
    term: str = ""
    renewed: bool = False
    ignored: str | None = None


@dataclass(frozen=True)
class LicenseToEmail:
    event_id: int
    delivery_id: int


@dataclass(frozen=True)
class EmailedLicense:
    """`status` is the delivery's status (accepted or logged), from this or an earlier attempt."""

    status: str


@dataclass(frozen=True)
class OrderToClose:
    """`error` is the sentence of a failed sale."""

    event_id: int
    outcome: str
    error: str | None = None


@dataclass(frozen=True)
class ClosedOrder:
    """`rows` counts the events that this close settled. A repeated close settles none.

    `owed` names a step whose work is missing. Nothing was settled then.
    """

    outcome: str
    rows: int
    owed: str | None = None


class ParseStep(ABC):
    @activity.defn
    @abstractmethod
    async def parse(self, ping: EventToParse) -> ParsedEvent: ...


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
