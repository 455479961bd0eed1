"""What was found after a round, in the database, at the provider and with the senders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from torture.traffic import Attempt


@dataclass(frozen=True, slots=True)
class Row:
    """An event; `mark` tells which request it is of."""

    mark: str
    order_id: str
    outcome: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class MintedRow:
    license_id: int
    order_id: str
    expires_at: datetime | None
    subscription_id: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery; `order_id` is the order that it tells of, which a charge's names itself.

    `attempts` were begun in all. `is_resend`: a person asked for it.
    """

    delivery_id: int
    license_id: int
    order_id: str
    is_charge: bool = False
    is_resend: bool = False
    is_withdrawn: bool = False
    to: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that the provider took. `arrived_at` is from before it did anything with it."""

    delivery_id: int
    to: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """A correction that was surely in the database `at` that time.

    `attempts` had begun by then, of each delivery that the order had.
    """

    order_id: str
    at: datetime
    attempts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was found. `messages` holds the delivery of each mail that the provider took.

    `earlier` are the deliveries of the rounds before, which all had what mails they needed.
    `mails` are the same mails with all that is known of them. `asked` is how many corrections
    the database has of each order.
    """

    attempts: tuple[Attempt, ...]
    rows: tuple[Row, ...]
    sales: tuple[str, ...]
    licenses: tuple[MintedRow, ...]
    deliveries: tuple[Owed, ...]
    messages: tuple[int, ...]
    earlier: tuple[Owed, ...] = ()
    spooled: int = 0
    is_quiet: bool = True
    mails: tuple[Mail, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    asked: Mapping[str, int] = field(default_factory=dict)
