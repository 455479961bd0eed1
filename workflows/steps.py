"""The steps of a sale, declared for the workflows; `activities/` implements them.

One dataclass goes into a step and one comes out, and fields are only ever added: histories
that hold the old ones are replayed for ever. They carry ids, product ids, tiers and states,
never an address, a name or a license key: whoever can read Temporal reads these.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from temporalio import activity


@dataclass(frozen=True)
class EventToParse:
    event_id: int


@dataclass(frozen=True)
class ParsedEvent:
    """`sale_id` is None for a ping that mints nothing; `ignored` then says why."""

    sale_id: int | None = None
    ignored: str | None = None


@dataclass(frozen=True)
class SaleToMint:
    event_id: int
    sale_id: int


@dataclass(frozen=True)
class MintedLicense:
    """`delivery_id` is the e-mail that announces it, None where there is nothing to announce.

    `term` is as a person says it: 1 year. `renewed`: a subscription's license was extended.
    `ignored`: there is none, for the order was taken back while it waited.
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
    """`status` is the delivery's: accepted or logged, by this attempt or an earlier one."""

    status: str


@dataclass(frozen=True)
class OrderToClose:
    """`error` is the sentence of a sale that failed."""

    event_id: int
    outcome: str
    error: str | None = None


@dataclass(frozen=True)
class ClosedOrder:
    """`rows` is how many events of the order were settled: a repetition settles none.

    `owed` names the step whose work is not there, so that nothing was settled.
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
