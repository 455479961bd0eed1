"""What was found after a round, in the database, at the provider and with the senders."""

from dataclasses import dataclass
from datetime import datetime

from commands.torture.traffic import Attempt


@dataclass(frozen=True, slots=True)
class Row:
    """An audit row; `mark` tells which request it is of."""

    mark: str
    order_id: str
    outcome: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Minted:
    license_id: int
    order_id: str
    expires_at: datetime | None
    subscription_id: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery; `order_id` is the order that it tells of, which a charge's names itself."""

    delivery_id: int
    license_id: int
    order_id: str
    is_charge: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was found. `messages` holds the delivery of each mail that the provider took.

    `earlier` are the deliveries of the rounds before, which all had what mails they needed.
    """

    attempts: tuple[Attempt, ...]
    rows: tuple[Row, ...]
    sales: tuple[str, ...]
    licenses: tuple[Minted, ...]
    deliveries: tuple[Owed, ...]
    messages: tuple[int, ...]
    earlier: tuple[Owed, ...] = ()
    spooled: int = 0
    is_quiet: bool = True
